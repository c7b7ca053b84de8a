"""Kernels of cells: distances, which cells are looked at, votes and what they come to."""
