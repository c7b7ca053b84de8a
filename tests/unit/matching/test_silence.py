"""What a print does not state gains it nothing: over non-mated pairs neither the mean nor the tail of scores rises.

Nor does claiming to be poor against prints that are good.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.wolves.prints import Prints
from numpy.typing import NDArray
from scipy.stats import poisson

from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import CoarseMap, Template, TemplateBatch, build_template

Change = Callable[[Template], Template]
UNKNOWN_FLOW = 254
MEAN_ROOM, TAIL_ROOM = 0.5, 2.5
"""Chosen: what another rounding of a few hundred pairs moves."""


def _with_map(template: Template, flow: NDArray[np.uint8], period: NDArray[np.uint8]) -> Template:
    grid = template.coarse_map
    return dataclasses.replace(template, coarse_map=CoarseMap(grid.row, grid.col, flow, period))


def _with_minutiae(template: Template, **columns: NDArray[np.uint8]) -> Template:
    found = template.minutiae
    said = {"kind": found.kind, "quality": found.quality} | columns
    changed = Minutiae(found.x, found.y, found.direction, said["kind"], said["quality"])
    shape, grid = template.shape, template.coarse_map
    made = build_template(changed, shape=shape, parameters_digest=template.parameters_digest)
    return dataclasses.replace(made, coarse_map=grid, cylinders=_cylinders_in_order(template, made))


def _central(template: Template, count: int) -> Template:
    """The print with so many of its minutiae, and all of its area."""
    found = template.minutiae
    far = np.hypot(found.x - found.x.mean(), found.y - found.y.mean())
    kept = np.sort(np.argsort(far, kind="stable")[:count])
    columns = (column[kept] for column in (found.x, found.y, found.direction, found.kind, found.quality))
    made = build_template(Minutiae(*columns), shape=template.shape, parameters_digest=template.parameters_digest)
    return dataclasses.replace(made, coarse_map=template.coarse_map)


def _cylinders_in_order(template: Template, made: Template) -> NDArray[np.uint64]:
    """Minutiae are kept by quality, so another quality is another order."""
    place = {key: at for at, key in enumerate(_places(template))}
    return np.ascontiguousarray(template.cylinders[[place[key] for key in _places(made)]])


def _places(template: Template) -> list[tuple[float, float, float]]:
    found = template.minutiae
    return list(zip(found.x.tolist(), found.y.tolist(), found.direction.tolist(), strict=True))


def _flow_in_one_cell(template: Template) -> Template:
    grid = template.coarse_map
    flow = np.where(grid.orientation < 128, UNKNOWN_FLOW, grid.orientation).astype(np.uint8)
    known = np.argwhere(grid.orientation < 128)[0]
    flow[tuple(known)] = grid.orientation[tuple(known)]
    return _with_map(template, flow, grid.period)


def _half_the_periods(template: Template) -> Template:
    period = template.coarse_map.period.copy()
    period[::2] = 0
    return _with_map(template, template.coarse_map.orientation, period)


def _without_flow(template: Template) -> Template:
    grid = template.coarse_map
    flow = np.where(grid.orientation < 128, UNKNOWN_FLOW, grid.orientation).astype(np.uint8)
    return _with_map(template, flow, grid.period)


NOTHING = np.zeros((0, 0), np.uint8)
SILENCES: dict[str, Change] = {
    "period": lambda one: _with_map(one, one.coarse_map.orientation, NOTHING),
    "half the periods": _half_the_periods,
    "flow": _without_flow,
    "flow but in one cell": _flow_in_one_cell,
    "flow and period": lambda one: _with_map(_without_flow(one), _without_flow(one).coarse_map.orientation, NOTHING),
    "map": lambda one: dataclasses.replace(one, coarse_map=CoarseMap.empty()),
    "minutia qualities": lambda one: _with_minutiae(one, quality=np.full(len(one), 255, np.uint8)),
    "good quality": lambda one: _with_minutiae(one, quality=np.minimum(one.minutiae.quality, 60)),
    "all quality": lambda one: _with_minutiae(one, quality=np.zeros(len(one), np.uint8)),
    "kinds": lambda one: _with_minutiae(one, kind=np.zeros(len(one), np.uint8)),
    "qualities and kinds": lambda one: _with_minutiae(
        one, quality=np.full(len(one), 255, np.uint8), kind=np.zeros(len(one), np.uint8)
    ),
}


def _finer(template: Template, scale: float) -> Template:
    """The print as a wrong resolution makes it: everything smaller, the ridges too."""
    found, grid = template.minutiae, template.coarse_map
    x, y = found.x * np.float32(scale), found.y * np.float32(scale)
    small = Minutiae(x, y, found.direction, found.kind, found.quality)
    rows, cols = (int(side * scale) + 2 for side in template.shape)
    at = (np.mgrid[0 : -(-rows // 8), 0 : -(-cols // 8)] + 0.5) * (8.0 / scale) / 16.0
    row, col = np.floor(at[0]).astype(int) - grid.row, np.floor(at[1]).astype(int) - grid.col
    inside = (row >= 0) & (col >= 0) & (row < grid.orientation.shape[0]) & (col < grid.orientation.shape[1])
    place = np.where(inside, row, 0), np.where(inside, col, 0)
    codes = np.where(inside, grid.orientation[place], 255)
    mask = np.repeat(np.repeat(codes != 255, 8, axis=0), 8, axis=1)[:rows, :cols]
    tenths = np.where(inside, grid.period[place[0] // 2, place[1] // 2], 0)
    return build_template(
        small,
        shape=(rows, cols),
        mask=mask,
        orientation=np.where(codes < 128, codes, 0).astype(np.float32) * np.float32(np.pi / 128),
        period=tenths.astype(np.float32) * np.float32(0.1 * scale),
        parameters_digest=template.parameters_digest,
    )


def _non_mated(prints: Prints, changed: list[Template]) -> NDArray[np.float64]:
    batch, fingers = TemplateBatch.of(prints.templates), np.array(prints.fingers)
    scores = [Matcher(one).scores(batch)[fingers != finger] for one, finger in zip(changed, fingers, strict=True)]
    return np.concatenate(scores)


@pytest.fixture(scope="module")
def scaled(prints: Prints) -> dict[float, Prints]:
    """The prints at their resolution and at a wrong one, at which ridges are fine."""
    return {
        scale: Prints(prints.name, [_finer(one, scale) for one in prints.templates], prints.fingers)
        for scale in (1.0, 0.6)
    }


@pytest.mark.parametrize("scale", [1.0, 0.6])
@pytest.mark.parametrize("silence", list(SILENCES))
def test_leaving_out_raises_neither_mean_nor_tail(scaled: dict[float, Prints], silence: str, scale: float) -> None:
    prints = scaled[scale]
    full = _non_mated(prints, prints.templates)
    silent = _non_mated(prints, [SILENCES[silence](one) for one in prints.templates])
    assert len(full) > 500
    assert silent.mean() <= full.mean() + MEAN_ROOM
    for share in (0.9, 0.99):
        assert np.quantile(silent, share) <= np.quantile(full, share) + TAIL_ROOM
    by_chance = poisson.ppf(0.975, 1e-3 * len(silent))  # pairs, at the rate that a score of 30 states
    assert (silent >= 30.0).sum() <= max(2.0 * (full >= 30.0).sum(), by_chance)


@pytest.mark.parametrize("quality", [10, 30, 50, 80, 100])
def test_one_quality_of_all_minutiae_is_no_claim(prints: Prints, quality: int) -> None:
    """Both prints say of all minutiae the same: a score then means what it does otherwise, not eight times less."""
    flat = [_with_minutiae(one, quality=np.full(len(one), quality, np.uint8)) for one in prints.templates]
    scores = _non_mated(Prints(prints.name, flat, prints.fingers), flat)
    for score in (20.0, 30.0):
        assert (scores >= score).sum() <= poisson.ppf(0.99, 3.0 * 10 ** (-0.1 * score) * len(scores))


@pytest.mark.parametrize(("low", "high", "least"), [(50, 50, 0.89), (45, 55, 0.89), (60, 95, 0.0), (95, 95, 0.95)])
def test_a_print_claims_what_it_tells_of_each_minutia(prints: Prints, low: int, high: int, least: float) -> None:
    one = prints.templates[0]
    claims = _with_minutiae(one, quality=np.linspace(low, high, len(one)).astype(np.uint8))
    _, found = Matcher(claims).gather(TemplateBatch.of([claims]))
    mean = claims.minutiae.quality.mean() * 0.01
    assert found["claimed_quality"][0] == pytest.approx(max(mean, least), abs=1e-6)


@pytest.mark.parametrize("count", [8, 12, 16])
def test_leaving_out_all_but_central_minutiae_gains_nothing(prints: Prints, count: int) -> None:
    full = _non_mated(prints, prints.templates)
    few = _non_mated(prints, [_central(one, count) for one in prints.templates])
    assert few.mean() <= full.mean() + MEAN_ROOM
    for share in (0.9, 0.99):
        assert np.quantile(few, share) <= np.quantile(full, share) + TAIL_ROOM


def test_the_stated_resolution_is_not_read(prints: Prints) -> None:
    full = _non_mated(prints, prints.templates)
    other = _non_mated(prints, [dataclasses.replace(one, source_ppi=1000.0) for one in prints.templates])
    np.testing.assert_allclose(other, full, atol=1e-6)


@pytest.mark.parametrize("quality", [20, 255])
def test_the_better_print_says_how_good_a_pair_is(prints: Prints, quality: int) -> None:
    poor, good = prints.templates[0], prints.templates[1]
    claims = _with_minutiae(poor, quality=np.full(len(poor), quality, np.uint8))
    _, found = Matcher(claims).gather(TemplateBatch.of([good]))
    _, turned = Matcher(good).gather(TemplateBatch.of([claims]))
    best = 1.0 if quality == 255 else float(good.minutiae.quality.min()) * 0.01
    assert found["claimed_quality"][0] >= best > 0.2
    assert turned["claimed_quality"][0] >= best
