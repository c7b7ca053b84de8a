"""Codes of impression types and finger positions that the formats share, to the engine's enums and back."""

from __future__ import annotations

from fingerprint_engine.exchange.losses import Losses
from fingerprint_engine.fingers import Finger, Impression

OTHER_OR_UNKNOWN = (28, 29)
_LATENTS = {5: "tracing", 6: "photograph", 7: "lift"}
_CONTACT_OPTICAL = {20: Impression.LIVESCAN_PLAIN, 21: Impression.LIVESCAN_ROLLED}
_KNOWN = frozenset(int(code) for code in Impression)
_FOUR_BITS = 16
_PLAIN_THUMBS = {11: Finger.RIGHT_THUMB, 12: Finger.LEFT_THUMB}


def impression_of(code: int, losses: Losses) -> Impression:
    """The impression type of a code of ANSI/NIST-ITL, ISO/IEC 19794 or INCITS 378, which agree where they overlap."""
    if code in _KNOWN:
        return Impression(code)
    if code in _LATENTS:
        losses.add(f"impression type {code} (latent {_LATENTS[code]}) becomes latent")
        return Impression.LATENT
    if code in _CONTACT_OPTICAL:
        losses.add(f"impression type {code} (optical contact) becomes {_CONTACT_OPTICAL[code].name.lower()}")
        return _CONTACT_OPTICAL[code]
    losses.add(f"impression type {code} becomes unknown", when=code not in OTHER_OR_UNKNOWN)
    return Impression.UNKNOWN


def impression_code(impression: Impression, losses: Losses, *, four_bits: bool = False) -> int:
    """The code of an impression type; the first editions' four bits have none for unknown."""
    if four_bits and impression >= _FOUR_BITS:
        losses.add(
            f"impression type {impression.name.lower()} is written as 0, live-scan plain: the edition has no code"
        )
        return int(Impression.LIVESCAN_PLAIN)
    return int(impression)


def finger_of(position: int, losses: Losses) -> Finger:
    """The finger of a position code; those of several fingers, palms and soles become unknown."""
    if 0 <= position <= max(Finger):
        return Finger(position)
    if position in _PLAIN_THUMBS:
        return _PLAIN_THUMBS[position]
    losses.add(f"position {position} is not that of a single finger and becomes unknown")
    return Finger.UNKNOWN
