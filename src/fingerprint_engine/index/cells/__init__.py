"""SKETCHES IN, CELLS OUT: which prints have a minutia in which cell of the space of sketches.

The cells are the same in every gallery: their centres ship with the package. Of a minutia of a probe FAISS finds the
cells that are nearest; the lists of these cells say which prints have a minutia like it. Knows no files and no
searches.
"""

__all__ = [
    "centres",
    "kernels",
    "lists",
    "weighed_bits",
]
