"""Two prints laid on each other as the comparison aligned them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.parameters import one_of
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, blank_axes, new_figure, placed_on, strokes, swatch
from fingerprint_engine.visualization.draw_match import numbered_pairs
from fingerprint_engine.visualization.print_panel import Pixels, size_at_500_ppi

if TYPE_CHECKING:
    from fingerprint_engine.matching import Comparison
    from fingerprint_engine.template import Template
    from fingerprint_engine.visualization.canvas import Axes

Layer = Literal["both", "probe", "reference"]
WIDTH_IN = 6.0
INK = 0.7
"""Opacity of the darkest ridge: where ridges of both prints lie on each other both inks are seen."""


def draw_overlay(
    comparison: Comparison,
    probe: Template,
    reference: Template,
    *,
    probe_image: FingerprintImage | Pixels,
    reference_image: FingerprintImage | Pixels,
    layer: Layer = "both",
    captions: bool = True,
) -> Picture:
    """Draw the probe on the reference, turned and shifted as the comparison says.

    The probe's ridges are orange, those of the reference blue, dark where both lie. A short stroke goes from each
    matched minutia of the probe to its partner: the stretch of the skin that a turn and a shift do not explain.

    Parameters
    ----------
    comparison
        Of exactly these two templates, in this order.
    probe, reference
        The templates that were compared.
    probe_image, reference_image
        What they were made of, at any resolution, or uint8 pixels at 500 ppi.
    layer
        Which print is drawn: ``"probe"`` and ``"reference"`` give two pictures of the same frame, to be shown in turn.
    captions
        Whether there is a legend.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    ParameterError
        When the comparison holds no alignment, or there is no such layer.
    """
    one_of(layer, "layer", get_args(Layer))
    transform = comparison.transform
    if transform is None:
        raise ParameterError("comparison: expected one with an alignment, these prints were told apart before any")
    rows, cols = size_at_500_ppi(reference_image)
    probe_rows, probe_cols = size_at_500_ppi(probe_image)
    corner_x, corner_y = transform.apply([0.0, probe_cols, probe_cols, 0.0], [0.0, 0.0, probe_rows, probe_rows])
    left, right = min(0.0, float(corner_x.min())), max(cols, float(corner_x.max()))
    top, bottom = min(0.0, float(corner_y.min())), max(rows, float(corner_y.max()))
    height_in = WIDTH_IN * (bottom - top) / (right - left)
    figure = new_figure(WIDTH_IN, min(height_in, 2.0 * WIDTH_IN) + (0.5 if captions else 0.0))
    axes = figure.add_subplot()
    still = RigidTransform(0.0, 0.0, 0.0)
    if layer != "probe":
        _print_ink(axes, reference_image, palette.REFERENCE_INK, still)
    if layer != "reference":
        _print_ink(axes, probe_image, palette.PROBE_INK, transform)
    if layer == "both":
        pairs, _ = numbered_pairs(comparison, probe, reference)
        start = transform.apply(probe.minutiae.x[pairs[:, 0]], probe.minutiae.y[pairs[:, 0]])
        end = (reference.minutiae.x[pairs[:, 1]], reference.minutiae.y[pairs[:, 1]])
        if len(pairs):
            strokes(axes, start, end, colors=palette.BLACK, widths=1.2, zorder=4)
        axes.scatter(*start, s=14, marker="o", c=palette.PROBE_INK, edgecolors="white", linewidths=0.6, zorder=5)
        axes.scatter(*end, s=14, marker="o", c=palette.REFERENCE_INK, edgecolors="white", linewidths=0.6, zorder=6)
    axes.set_xlim(left - 0.5, right - 0.5)
    axes.set_ylim(bottom - 0.5, top - 0.5)
    axes.set_aspect("equal")
    blank_axes(axes)
    if captions:
        dot: Any = {"marker": "o", "linestyle": "none", "markersize": 6}
        entries = [swatch("probe", color=palette.PROBE_INK, **dot)] if layer != "reference" else []
        entries += [swatch("reference", color=palette.REFERENCE_INK, **dot)] if layer != "probe" else []
        if layer == "both":
            entries.append(swatch("from minutia to partner", color=palette.BLACK, linewidth=1.2))
        figure.legend(handles=entries, loc="outside lower center", ncols=len(entries), fontsize=9, frameon=False)
    return Picture(figure)


def _print_ink(axes: Axes, image: FingerprintImage | Pixels, color: str, transform: RigidTransform) -> None:
    """The ridges in one ink on clear ground, where the transform puts them."""
    rows, cols = size_at_500_ppi(image)
    pixels = image.pixels if isinstance(image, FingerprintImage) else image
    ink = np.empty((*pixels.shape, 4), dtype=np.float32)
    ink[..., :3] = [int(color[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
    ink[..., 3] = INK * (1.0 - pixels.astype(np.float32) / 255.0)
    shown = axes.imshow(ink, extent=(-0.5, cols - 0.5, rows - 0.5, -0.5), interpolation="bilinear")
    placed_on(axes, shown, *(np.asarray(transform.apply(x, y)) for x, y in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))))
