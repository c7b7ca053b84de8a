"""THE SKIN OF A SYNTHETIC FINGER.

In come random numbers; out go ridges grown from an orientation field, with pores, creases and true minutiae.
"""

__all__ = [
    "creases",
    "finger",
    "growth",
    "minutia_truth",
    "orientation",
    "patterns",
    "pores",
    "silhouette",
]
