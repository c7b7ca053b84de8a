"""A fingerprint of nobody.

Synthetic fingers have known minutiae, flow and distortion, so that everything can be tried and measured without
anybody's prints. Here one finger is pressed on a scanner twice.
"""

import cv2
import numpy as np

import fingerprint_engine as fe
from fingerprint_engine import synthesis

finger = synthesis.make_finger(np.random.default_rng(5), pattern=synthesis.PatternClass.WHORL)
first, second = (synthesis.make_impression(finger, np.random.default_rng(seed)) for seed in (1, 2))
cv2.imwrite("two-impressions.png", np.hstack([first.image.pixels, second.image.pixels]))

answer = fe.verify(fe.extract(first.image), fe.extract(second.image))
print("match" if answer.is_match else "no match")
assert answer.is_match
