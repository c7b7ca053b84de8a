"""A NETWORK'S PLANES AND WEIGHTS IN, ITS PLANES OUT: compiled loops over tiles, in vectors.

The folder must not know files or which layers a network has: `runtimes.compiled` does.
"""
