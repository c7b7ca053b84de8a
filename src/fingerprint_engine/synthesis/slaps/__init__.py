"""SLAPS: several fingers of one synthetic hand on one glass, with the truth about each.

In come master fingers and a seeded generator; out go an image and the place, name and state of every finger.
"""

__all__ = [
    "backdrop",
    "hand_pose",
    "lower_skin",
    "slap",
]
