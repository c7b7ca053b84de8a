"""`match_page`: why two prints match, or do not: side by side, laid on each other, in turn, and pair by pair."""

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.matching import Comparison, Verification
from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.reports.rendering import Figure, figure, render
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__
from fingerprint_engine.visualization import (
    draw_match,
    draw_overlay,
    local_disagreement,
    numbered_pairs,
    score_in_words,
    threshold_in_words,
    verdict_in_words,
)
from fingerprint_engine.visualization.draw_overlay import Layer

MATCH_DPI, OVERLAY_DPI = 120.0, 110.0


def match_page(
    answer: Verification,
    probe: Template,
    reference: Template,
    *,
    probe_image: FingerprintImage | None = None,
    reference_image: FingerprintImage | None = None,
    probe_name: str = "",
    reference_name: str = "",
) -> str:
    """One HTML page that needs nothing else.

    Parameters
    ----------
    answer
        Of exactly these two templates, in this order.
    probe, reference
        The templates that were compared.
    probe_image, reference_image
        What they were made of; with both, and an alignment, the prints are also shown on one place.
    probe_name, reference_name
        What to call them, for example their files.

    Raises
    ------
    MissingExtra
        When the extra ``reports`` is not installed.
    """
    comparison = answer.comparison
    named = " and ".join(name for name in (probe_name, reference_name) if name)
    picture = draw_match(
        answer,
        probe,
        reference,
        probe_image=probe_image,
        reference_image=reference_image,
        probe_name=probe_name,
        reference_name=reference_name,
    )
    verdict = f"{verdict_in_words(answer)}: {score_in_words(answer.score, answer.fmr)}"
    overlay: list[Figure] = []
    if comparison.transform is not None and probe_image is not None and reference_image is not None:
        overlay = _overlay(comparison, probe, reference, probe_image, reference_image)
    return render(
        "match.html",
        title=f"Comparison of {named}" if named else "Comparison of two prints",
        version=__version__,
        verdict=verdict,
        asked=threshold_in_words(answer.max_fmr),
        doubt=comparison.doubt,
        picture=figure(picture, f"{verdict}; {len(comparison.pairs)} pairs of minutiae", dpi=MATCH_DPI),
        overlay=overlay,
        motion=_motion(comparison),
        pairs=_pairs(comparison, probe, reference),
        evidence=[(name, f"{value:.4g}") for name, value in comparison.evidence.items()],
    )


def _overlay(
    comparison: Comparison,
    probe: Template,
    reference: Template,
    probe_image: FingerprintImage,
    reference_image: FingerprintImage,
) -> list[Figure]:
    """Both prints on one place, then each of them alone in the same frame."""
    layers: tuple[tuple[Layer, str], ...] = (
        ("both", "The probe on the reference: orange is the probe, blue the reference, dark is both"),
        ("reference", "The reference alone"),
        ("probe", "The probe alone, where the alignment puts it"),
    )
    return [
        figure(
            draw_overlay(
                comparison,
                probe,
                reference,
                probe_image=probe_image,
                reference_image=reference_image,
                layer=layer,
                captions=layer == "both",
            ),
            caption,
            dpi=OVERLAY_DPI,
        )
        for layer, caption in layers
    ]


def _motion(comparison: Comparison) -> str:
    """How the probe was moved, in words; empty where it was not."""
    motion = comparison.transform
    if motion is None:
        return ""
    way = "counter-clockwise" if motion.rotation_rad >= 0 else "clockwise"
    return f"turned by {abs(math.degrees(motion.rotation_rad)):.1f}° {way} and shifted"


def _pairs(comparison: Comparison, probe: Template, reference: Template) -> list[tuple[str, ...]]:
    """Number, both places, kinds and how far the pair moves unlike those around it, of each pair."""
    pairs, alone = numbered_pairs(comparison, probe, reference)
    if comparison.transform is None or not len(pairs):
        return []
    unlike = local_disagreement(probe.minutiae, reference.minutiae, pairs, comparison.transform)
    return [
        (
            str(number),
            _place(probe, row[0]),
            _place(reference, row[1]),
            f"{px_to_mm(distance):.2f} mm{' (unlike them)' if is_alone else ''}",
        )
        for number, (row, distance, is_alone) in enumerate(zip(np.asarray(pairs), unlike, alone, strict=True), 1)
    ]


def _place(template: Template, minutia: int) -> str:
    minutiae = template.minutiae
    kind = MinutiaKind(minutiae.kind[minutia])
    return f"{kind.name.lower()} at {minutiae.x[minutia]:.0f}, {minutiae.y[minutia]:.0f}"
