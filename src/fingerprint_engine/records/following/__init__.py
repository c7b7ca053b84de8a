"""CHANGES OF THE DATABASE IN, GALLERIES THAT AGREE WITH IT OUT.

Galleries read the feed in the order of commits and remember how far they came, so that one that was lost, cut off or
restored from an old copy is mended by reading on. It must not know what happened to people, only which prints may be
searched now.
"""

from fingerprint_engine.records.following.follower import Follower
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.following.searching import Finding, Findings, FingerMatch
from fingerprint_engine.records.following.shelf import GalleryShelf

__all__ = ["Finding", "Findings", "FingerMatch", "FollowRule", "Follower", "GalleryShelf"]
