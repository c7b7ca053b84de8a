"""A NORMALIZED IMAGE IN; WHERE THE PRINT IS, HOW ITS RIDGES RUN AND HOW FAR APART THEY LIE, PER BLOCK, OUT.

All of it is read off the local ridge spectrum. Only the classical extractor does it in this way; the learned one asks
its network. The room must not know the image's grey values, minutiae or what a print must have to be accepted.
"""

__all__ = ["orientation", "period", "segmentation", "spectrum"]
