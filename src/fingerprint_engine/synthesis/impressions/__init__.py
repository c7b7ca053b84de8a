"""ONE TOUCH OF A FINGER ON A SENSOR.

In comes a master finger; out go an image and everything that is true about it: placement, distortion, contact, sensor.
"""

__all__ = [
    "appearance",
    "clutter",
    "contact",
    "creased_skin",
    "distortion",
    "glass_marks",
    "hard_impression",
    "hard_touch",
    "impression",
    "impression_truth",
    "mark",
    "moist_skin",
    "rolling",
    "sensor_looks",
    "stretched_skin",
]
