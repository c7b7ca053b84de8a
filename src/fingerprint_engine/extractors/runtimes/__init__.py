"""A NETWORK FILE'S BYTES IN, WHAT COMPUTES IT OUT: one module for each runtime, the only one that knows it.

`compiled` computes the graph of `ridge_graph`, and no other, with the kernels of the folder; the two others hand the
file to a library. Every runtime gives the same to within what processors differ in. The folder must not know images,
windows or what the planes mean: `extractors.network` does.
"""

from fingerprint_engine.extractors.runtimes.port import ComputedNetwork, Planes

__all__ = ["ComputedNetwork", "Planes"]
