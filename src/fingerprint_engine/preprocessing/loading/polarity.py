"""Whether a print shows light ridges on a dark ground, told from the ground around it.

Skin that does not touch the sensor leaves the ground as light as the valleys. On an inverted image the ground lies at
the dark end of what the ridged area shows. An image without ground around the print gives no answer, and nothing is
guessed. Where the ground is grey, or dark beside the print and lighter beyond, what crosses the ridges decides
(`ridge_gaps`), but for prints whose dark end is cut off. Where the light end is cut off on grey ground, what was cut
are valleys, or the ridges of an inverted print: specks in the middle of lines, as pores are, decide as well
(`ridge_pores`).

Dark ground is not enough. A frame is no ground: it ends at a straight edge across the whole picture, and is taken off.
On wet prints it is the print that is dark all over, and a shadow darkens a part: where the ground towards the picture's
border has a light part, the ridges are dark.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.loading.ridge_gaps import gap_balance
from fingerprint_engine.preprocessing.loading.ridge_pores import pore_balance
from fingerprint_engine.preprocessing.regions import largest_region


@dataclasses.dataclass(frozen=True, slots=True)
class PolarityParameters(Parameters):
    """Numbers of the polarity measure."""

    window_mm: float = parameter(
        1.2, unit="mm", low=0.5, high=3.0, source="two to three ridge periods, so that every window on ridges has both"
    )
    ground_share: float = parameter(
        0.25, unit="1", low=0.05, high=0.5, source="ground: contrast below this share of the strong contrast"
    )
    ridged_share: float = parameter(
        0.5, unit="1", low=0.3, high=0.9, source="ridged area: contrast above this share of the strong contrast"
    )
    min_contrast: float = parameter(
        12.0, unit="grey levels", low=1.0, high=100.0, source="below it there are no ridges to compare with"
    )
    min_ground: float = parameter(
        0.02, unit="share of the image", low=0.0, high=0.5, source="less ground than this is a scratch, not a ground"
    )
    inverted_below: float = parameter(
        -0.42,
        unit="share of the grey range of the ridged area",
        low=-1.0,
        high=0.0,
        source="the ground as dark as the ridges is -0.5; a thermal sensor's grey ground goes down to -0.36",
    )
    grey_below: float = parameter(
        -0.15,
        unit="share of the grey range of the ridged area",
        low=-0.5,
        high=0.5,
        source="chosen: lighter ground is no sign of light ridges",
    )
    light_above: float = parameter(
        0.3,
        unit="share of the grey range of the ridged area",
        low=-0.5,
        high=0.5,
        source="chosen: lighter is that of dark ridges; upper quartile of the outer ground of wet prints is 0.4",
    )
    dark_crossings: float = parameter(
        -0.2, unit="1", low=-1.0, high=0.0, source="chosen on uareu: 1 % of upright prints have less"
    )
    pore_weight: float = parameter(
        3.0, unit="1", low=0.0, high=10.0, source="chosen on uareu: where pores show, ridges may have few gaps"
    )
    dark_inside: float = parameter(
        -0.35, unit="1", low=-1.0, high=0.0, source="chosen on uareu: cut off at white on grey ground, none has less"
    )
    beside_from_mm: float = parameter(0.6, unit="mm", low=0.0, high=5.0, source="half a window: no ridges within it")
    beside_to_mm: float = parameter(1.2, unit="mm", low=0.5, high=10.0, source="chosen: one ridge period more")
    cut_margin: float = parameter(0.03, unit="1", low=0.0, high=0.2, source="chosen: of the grey range is its end")
    cut_share: float = parameter(
        0.15, unit="1", low=0.0, high=1.0, source="chosen: uareu and synthetic prints have at most 0.05 at the dark end"
    )
    lighter_share: float = parameter(
        0.3,
        unit="ground beside the print",
        low=0.0,
        high=1.0,
        source="chosen: where valleys are cut off, ground is too",
    )
    light_part: float = parameter(
        -0.2,
        unit="share of the grey range of the ridged area",
        low=-0.5,
        high=0.5,
        source="chosen: upper quartile of the outer ground, of inverted prints at -0.5 to -0.25",
    )
    plain_share: float = parameter(
        0.05, unit="1", low=0.0, high=0.5, source="chosen: dust and letters that a line of a frame may have"
    )
    min_frame_lines: int = parameter(3, unit="px at 250 ppi", low=1, high=100, source="chosen: thinner is no frame")
    min_frame_level: float = parameter(
        0.25,
        unit="share of the grey range of the ridged area",
        low=0.0,
        high=0.5,
        source="chosen: sensors fill with grey",
    )
    same_frame_level: float = parameter(
        0.02,
        unit="share of the grey range of the ridged area",
        low=0.0,
        high=0.5,
        source="chosen: a frame's sides differ by noise",
    )
    edge_share: float = parameter(
        0.9, unit="1", low=0.5, high=1.0, source="chosen: the edge of a frame crosses the picture, prints do not"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """Levels of the ground, in the grey range of the ridged area: 0.5 light as the valleys, -0.5 dark as the ridges.

    Attributes
    ----------
    level
        Median of all ground.
    near_dark, near_light
        Lower and upper quartile of the ground beside the print.
    outer
        Upper quartile of the ground that reaches the picture's border.
    is_cut
        Whether the dark end of the grey range was cut off, and the ground lies above it: only what touches does.
    is_cut_light
        The same of the light end, and the ground lies below it.
    """

    level: float
    near_dark: float
    near_light: float
    outer: float
    is_cut: bool
    is_cut_light: bool


def shows_light_ridges(pixels: NDArray[np.uint8], ppi: float, parameters: PolarityParameters | None = None) -> bool:
    """Whether a print shows light ridges on a dark ground; False where nothing tells.

    Parameters
    ----------
    pixels
        uint8, shape (rows, cols).
    ppi
        Pixels per inch.
    parameters
        Defaults unless given.
    """
    chosen = PolarityParameters() if parameters is None else parameters
    ground = ground_of(pixels, ppi, chosen)
    if ground is None or ground.is_cut or ground.outer >= chosen.light_above:
        return False
    is_dark_beside = ground.near_dark < chosen.inverted_below and ground.near_light < chosen.light_above
    if ground.level >= chosen.grey_below and not is_dark_beside:
        return ground.is_cut_light and _inside_balance(pixels, ppi, chosen) < chosen.dark_inside
    if ground.level < chosen.inverted_below and ground.outer < chosen.light_part:
        return True
    return gap_balance(pixels, ppi) < chosen.dark_crossings


def _inside_balance(pixels: NDArray[np.uint8], ppi: float, parameters: PolarityParameters) -> float:
    """Gaps and pores of the ridges, as `gap_balance` and `pore_balance`."""
    pores = parameters.pore_weight * pore_balance(pixels, ppi)
    return (gap_balance(pixels, ppi) + pores) / (1.0 + parameters.pore_weight)


def ground_of(pixels: NDArray[np.uint8], ppi: float, parameters: PolarityParameters | None = None) -> Ground | None:
    """The ground around a print; None where there is none, or no ridges to tell from."""
    chosen = PolarityParameters() if parameters is None else parameters
    step = max(1, round(ppi / 250.0))  # grey levels and contrast survive thinning to 250 ppi, at a quarter of the work
    grey = np.ascontiguousarray(pixels[::step, ::step])
    side = max(3, round(chosen.window_mm / 25.4 * ppi / step) | 1)
    contrast = _contrast(grey, side)
    strong = _strong(contrast)
    if strong < chosen.min_contrast:
        return None
    inside = _within_frame(grey, contrast, strong, side // 2, chosen)
    is_framed = inside != (slice(0, grey.shape[0]), slice(0, grey.shape[1]))
    if is_framed:
        grey, contrast = grey[inside], contrast[inside]
        if grey.size == 0:
            return None
        strong = _strong(contrast)
    plain, ridged = contrast < chosen.ground_share * strong, contrast > chosen.ridged_share * strong
    if strong < chosen.min_contrast or plain.mean() < chosen.min_ground:
        return None
    dark, light = (float(level) for level in np.percentile(grey[ridged], (5, 95)))
    if light <= dark:
        return None  # dots on plain ground, not ridges and valleys

    def level(values: NDArray[np.uint8], percent: float) -> float:
        return (float(np.percentile(values, percent)) - dark) / (light - dark) - 0.5

    median = level(grey[plain], 50.0)
    alike = Ground(median, median, median, median, False, False)
    if median >= chosen.light_above:
        return alike
    outer, beside = _outer(plain), plain & _beside(ridged, side, chosen)
    if 2.0 * outer.mean() < chosen.min_ground:
        # Smudges within a print are no ground, where a frame hides what lies around it.
        return None if is_framed else alike
    near = grey[beside if 2.0 * beside.mean() >= chosen.min_ground else plain]
    dark_part, light_part, outer_part = level(near, 25.0), level(near, 75.0), level(grey[outer], 75.0)
    ends = _is_cut(grey[ridged], near, chosen), _is_cut(~grey[ridged], ~near, chosen)
    return Ground(median, dark_part, light_part, outer_part, *ends)


def _contrast(grey: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Standard deviation in a window around each pixel."""
    values = grey.astype(np.float32)
    mean = cv2.blur(values, (side, side))
    return np.sqrt(np.maximum(cv2.blur(values * values, (side, side)) - mean * mean, 0.0)).astype(np.float32)


def _strong(contrast: NDArray[np.float32]) -> float:
    rank = round(0.95 * (contrast.size - 1))
    return float(np.partition(contrast, rank, axis=None)[rank])


def _within_frame(
    grey: NDArray[np.uint8],
    contrast: NDArray[np.float32],
    strong: float,
    reach: int,
    parameters: PolarityParameters,
) -> tuple[slice, slice]:
    """Rows and columns without a frame: sides of plain dark or light ground that end at a straight edge.

    Contrast is seen `reach` pixels before and behind an edge, so that much more is taken off.
    """
    busy = contrast >= parameters.ground_share * strong
    rows, cols = grey.shape
    by_row, by_col = busy.mean(axis=1), busy.mean(axis=0)
    plain = [_plain(part, parameters) for part in (by_row, by_row[::-1], by_col, by_col[::-1])]
    if max(plain) < parameters.min_frame_lines:
        return slice(0, rows), slice(0, cols)
    top, bottom, left, right = plain
    across_rows = busy[:, left : max(left + 1, cols - right)].mean(axis=1)
    across_cols = busy[top : max(top + 1, rows - bottom)].mean(axis=0)
    sides = (
        (top, across_rows, grey),
        (bottom, across_rows[::-1], grey[::-1]),
        (left, across_cols, grey.T),
        (right, across_cols[::-1], grey.T[::-1]),
    )
    dark, light = np.percentile(grey[contrast > parameters.ridged_share * strong], (5, 95))
    levels, framed = [0.0] * 4, [False] * 4
    for number, (count, across, lines) in enumerate(sides):
        if count >= parameters.min_frame_lines:
            levels[number] = float((np.median(lines[:count]) - dark) / max(light - dark, 1.0) - 0.5)
            edge = across[count : count + reach + 3].max(initial=0.0)
            framed[number] = edge > parameters.edge_share and abs(levels[number]) > parameters.min_frame_level
    if sum(framed) > 1:
        # A frame goes all round, also where what it surrounds is too dark to show an edge.
        known = [level for level, found in zip(levels, framed, strict=True) if found]
        low, high = min(known) - parameters.same_frame_level, max(known) + parameters.same_frame_level
        wide = [count >= parameters.min_frame_lines for count in plain]
        framed = [plain_enough and low <= level <= high for plain_enough, level in zip(wide, levels, strict=True)]
    taken = [count + 2 * reach + 1 if found else 0 for count, found in zip(plain, framed, strict=True)]
    return slice(taken[0], max(taken[0], rows - taken[1])), slice(taken[2], max(taken[2], cols - taken[3]))


def _beside(ridged: NDArray[np.bool_], side: int, parameters: PolarityParameters) -> NDArray[np.bool_]:
    """What lies beside the largest ridged area, but not so close that ridges are within its window."""
    per_mm = side / parameters.window_mm
    near, far = (2 * round(mm * per_mm) + 1 for mm in (parameters.beside_from_mm, parameters.beside_to_mm))
    joined = cv2.morphologyEx(ridged.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side)))
    closed = largest_region(joined > 0).astype(np.uint8)
    return np.asarray(cv2.dilate(closed, np.ones((far, far))) > cv2.dilate(closed, np.ones((near, near))))


def _is_cut(ridged: NDArray[np.uint8], ground: NDArray[np.uint8], parameters: PolarityParameters) -> bool:
    """Whether ridges are cut off at the dark end of the grey range, and much of the ground beside them is not."""
    low, high = (float(level) for level in np.percentile(ridged, (1, 99)))
    margin = parameters.cut_margin * (high - low)
    at_dark, at_light = float((ridged <= low + margin).mean()), float((ridged >= high - margin).mean())
    lighter = float((ground > low + 2.0 * margin).mean())
    return lighter >= parameters.lighter_share and at_dark >= max(parameters.cut_share, 2.0 * at_light)


def _plain(busy: NDArray[np.float64], parameters: PolarityParameters) -> int:
    """How many lines from the start on are plain."""
    lines = np.flatnonzero(busy > parameters.plain_share)
    return int(lines[0]) if lines.size else 0


def _outer(ground: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ground that reaches the picture's border."""
    framed = cv2.copyMakeBorder(ground.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(framed, connectivity=4)
    return np.asarray((labels == labels[0, 0])[1:-1, 1:-1] & ground)
