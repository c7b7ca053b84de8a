"""WHERE THE FINGERTIPS OF A HAND ARE.

In comes an image of a hand; out go turned boxes with the names of the fingers, and how sure the hand is. This folder
must not know templates.
"""

from fingerprint_engine.tenprint.segmentation.recipe import Fingertip, Segmentation, SegmentationParameters, segment
from fingerprint_engine.tenprint.segmentation.turned_box import TurnedBox

__all__ = ["Fingertip", "Segmentation", "SegmentationParameters", "TurnedBox", "segment"]
