"""SKETCHES IN, CELLS OUT: which prints have a minutia in which cell of the space of sketches.

The cells are the same in every gallery: their centres ship with the package. To a minutia of a probe FAISS says
how far each of them is; the lists of the best ones say which prints have a minutia like it. Knows no files and no
searches.
"""

__all__ = [
    "centres",
    "kernels",
    "lists",
    "weighed_bits",
]
