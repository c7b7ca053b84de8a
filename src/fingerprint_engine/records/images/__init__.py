"""IMAGES IN, TEMPLATES OF A NEWER KIND OUT.

Images that are kept with a term of their own, and the making of templates anew when extraction changes. It must not
know how a template is made: whoever calls brings that along.
"""

from fingerprint_engine.records.images.keeping import KeptImage, image_of
from fingerprint_engine.records.images.reextraction import Reextraction, reextract

__all__ = ["KeptImage", "Reextraction", "image_of", "reextract"]
