"""Minutiae of any format, at 500 ppi, to a `Template`: the one place where that is done."""

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.errors import ExchangeError, InputError
from fingerprint_engine.exchange.losses import Losses
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, SingularPoints
from fingerprint_engine.template import Template, TemplateParameters, build_template
from fingerprint_engine.template.build import hull_cells

FOREIGN = bytes(8)
"""Digest of an extraction that the engine knows nothing about."""
MAX_SIDE_PX = 5_000
"""Largest side of a print at 500 ppi: a quarter of a metre, more than any palm."""


def template_of_points(
    minutiae: Minutiae,
    losses: Losses,
    *,
    shape: tuple[float, float] | None,
    extractor: str,
    singular_points: SingularPoints | None = None,
    quality: int = UNKNOWN_QUALITY,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    source_ppi: float = CANONICAL_PPI,
    parameters: TemplateParameters | None = None,
    parameters_digest: bytes = FOREIGN,
) -> Template:
    """Make a template of what a format holds of one print.

    Parameters
    ----------
    minutiae, singular_points
        At 500 ppi; positions a little outside the print are moved to its rim.
    losses
        Where what is lost goes.
    shape
        Rows and columns at 500 ppi as stated; None: the print ends where its minutiae do. A stated size that does not
        hold the minutiae is widened.
    extractor
        What the minutiae came from.
    quality, finger, impression, source_ppi
        Kept as they are.
    parameters
        Of the local descriptors.
    parameters_digest
        Templates compare only with those of an equal digest.

    Raises
    ------
    ExchangeError
        When the print is larger than a hand or a number is out of range.
    """
    chosen = parameters or TemplateParameters()
    needed = float(minutiae.y.max(initial=0.0)) + 1.0, float(minutiae.x.max(initial=0.0)) + 1.0
    stated = needed if shape is None else shape
    losses.add("size of the print is unknown: it is taken to end where the minutiae do", when=shape is None)
    losses.add(
        f"stated size of {stated[1]:.0f} x {stated[0]:.0f} px at 500 ppi, which does not hold all minutiae",
        when=any(need > side + 1.0 for side, need in zip(stated, needed, strict=True)),
    )
    rows, cols = (max(1, math.ceil(side - 1e-6), math.ceil(need)) for side, need in zip(stated, needed, strict=True))
    if max(rows, cols) > MAX_SIDE_PX:
        raise ExchangeError(f"print: expected at most {MAX_SIDE_PX} px per side at 500 ppi, found {cols} x {rows}")
    inside = Minutiae(
        np.clip(minutiae.x, 0, cols - 1),
        np.clip(minutiae.y, 0, rows - 1),
        minutiae.direction,
        minutiae.kind,
        minutiae.quality,
    )
    try:
        most = chosen.kept_minutiae(int(hull_cells(inside, (rows, cols)).sum()))
        kept = best_minutiae(inside, most)
        losses.add(
            f"{len(inside) - len(kept)} of {len(inside)} minutiae: a template of so large a print holds {most}",
            when=len(kept) < len(inside),
        )
        return build_template(
            kept,
            singular_points,
            shape=(rows, cols),
            quality=quality,
            finger=finger,
            impression=impression,
            source_ppi=source_ppi,
            extractor=extractor,
            parameters=chosen,
            parameters_digest=parameters_digest,
        )
    except InputError as error:
        raise ExchangeError(f"{extractor}: {error}") from error


def best_minutiae(minutiae: Minutiae, count: int) -> Minutiae:
    """The ``count`` best by quality; among equal and unknown ones those nearest the centre of mass.

    Records without qualities would otherwise lose one side of the finger, as equal ones are ordered by place.
    """
    if len(minutiae) <= count:
        return minutiae
    rank = np.where(minutiae.quality == UNKNOWN_QUALITY, -1, minutiae.quality.astype(np.int64))
    distance = np.hypot(minutiae.x - minutiae.x.mean(), minutiae.y - minutiae.y.mean())
    chosen = np.lexsort((np.arange(len(minutiae)), distance, -rank))[:count]
    return minutiae.select(chosen)
