"""Fingers cut out of a slap, where field 14.021 says they are; what is left out or clipped is said."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.exchange.ansi_nist import View
from fingerprint_engine.exchange.losses import Losses
from fingerprint_engine.limits import Budget

Pixels = NDArray[np.uint8]


def segments_of(view: View, pixels: Pixels, losses: Losses, budget: Budget) -> list[tuple[int, Pixels]]:
    """Position and pixels of each finger of a Type-14 record; none where the record places none in its image.

    Parameters
    ----------
    view
        Of the record.
    pixels
        Its image.
    losses
        Segments that are left out, or cut to the image, with the bounds that were stated.
    budget
        Each finger becomes an image of its own.
    """
    value: Any = view["SEG"]
    rows, cols = pixels.shape
    found = []
    for number, part in enumerate(value or (), 1):
        finger, bounds = part.get("FRSP"), [part.get(name) for name in ("LHC", "RHC", "TVC", "BVC")]
        named = f"14.021, segment {number}" + ("" if finger is None else f", position {finger}")
        if finger is None or None in bounds:
            losses.add(f"{named}: expected a position and four bounds; left out")
            continue
        left, right, top, bottom = bounds
        stated = f"columns {left} to {right}, rows {top} to {bottom} of an image of {cols} x {rows} px"
        cut = pixels[max(0, top) : max(0, bottom + 1), max(0, left) : max(0, right + 1)]
        if not cut.size:
            losses.add(f"{named}: {stated}; left out")
            continue
        # A far bound that equals the size is taken for the end: many systems count it as the first column outside.
        losses.add(f"{named}: {stated}; cut to the image", when=left < 0 or top < 0 or right > cols or bottom > rows)
        budget.spend("prints")
        budget.spend("pixels", cut.size)
        found.append((int(finger), cut))
    losses.add("14.021: no segment lies in the image, which is taken whole", when=bool(value) and not found)
    losses.add("14.025: alternate segments", when="ASEG" in view and not found)
    return found
