"""Which finger is which: fingertips that were found are laid on hands of usual shape.

A right and a left hand, or two thumbs, with every choice of missing fingers, are laid on every choice of the tips that
were found. The best of them names the fingers; how far it is ahead of the best on another hand says how sure that is.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.tenprint.segmentation.tip_tracing import Tip

_HANDS = "chosen: proportions of adult hands in millimetres, looked at beside live-scan slaps"
_GHOSTS = "synthetic slaps, level 3: between earlier hands, clutter and the faintest fingertips"
_DARK = "synthetic slaps: what is as dark is no earlier hand, also where its trace went astray"
FOUR_MM = np.array([[-20.0, 9.5], [0.0, 0.0], [20.0, 8.5], [39.0, 34.5]])
"""Ends of index, middle, ring and little finger of a right hand, from the middle finger's to the right and down."""
FOUR_LEANS_DEG = np.array([4.0, 1.0, -2.0, -7.0])
FOUR_WIDTHS_MM = np.array([13.0, 13.4, 12.8, 11.0])
FREEDOM = 5.0
"""Chosen: a finger that is bent, or badly traced, is a finger in its place."""
THUMBS_MM = np.array([[-16.0, 0.0], [16.0, 0.0]])
THUMBS_WIDTHS_MM = np.array([16.0, 16.0])
THUMBS_LEANS_DEG = np.array([-4.0, 4.0])


@dataclasses.dataclass(frozen=True, slots=True)
class HandParameters(Parameters):
    """How far hands differ from the usual one, and what it costs to leave something out."""

    across_mm: float = parameter(2.5, unit="mm", low=0.5, high=20.0, source=_HANDS)
    along_mm: float = parameter(4.0, unit="mm", low=0.5, high=20.0, source=_HANDS)
    thumbs_along_mm: float = parameter(10.0, unit="mm", low=0.5, high=50.0, source=_HANDS)
    lean_deg: float = parameter(8.0, unit="deg", low=1.0, high=45.0, source=_HANDS)
    turn_deg: float = parameter(60.0, unit="deg", low=1.0, high=180.0, source="hands up to 45° count nearly alike")
    width_share: float = parameter(0.09, unit="1", low=0.01, high=1.0, source=_HANDS)
    size_share: float = parameter(0.12, unit="1", low=0.01, high=1.0, source=_HANDS)
    spread_share: float = parameter(0.2, unit="1", low=0.01, high=1.0, source=_HANDS)
    missing_cost: float = parameter(4.0, unit="nats", low=0.0, high=50.0, source="two in a hundred fingers are missing")
    unused_cost: float = parameter(9.0, unit="nats", low=0.0, high=100.0, source="synthetic slaps, levels 2 and 3")
    sure_margin: float = parameter(3.0, unit="nats", low=0.0, high=50.0, source="synthetic slaps: one in twenty to one")
    centre_mm: float = parameter(
        15.0, unit="mm", low=1.0, high=1000.0, source="chosen: hands are laid near the middle of a glass"
    )
    next_widths: float = parameter(
        0.5, unit="widths", low=0.0, high=5.0, source="chosen: the fold of a joint is no longer"
    )
    shadow_contrast: float = parameter(
        3.0, unit="contrast of a tip", low=1.0, high=100.0, source="synthetic slaps, level 3: below faint earlier hands"
    )
    doubt_cost: float = parameter(
        9.0,
        unit="nats",
        low=0.0,
        high=100.0,
        source="chosen: as much as `unused_cost`, what is as likely none is neither",
    )
    min_contrast: float = parameter(0.2, unit="1", low=0.0, high=1.0, source=_GHOSTS)
    full_contrast: float = parameter(0.45, unit="1", low=0.0, high=1.0, above="min_contrast", source=_GHOSTS)
    min_response: float = parameter(0.5, unit="1", low=-1.0, high=1.0, source=_GHOSTS)
    full_response: float = parameter(0.75, unit="1", low=-1.0, high=1.0, above="min_response", source=_GHOSTS)
    min_dark: float = parameter(0.6, unit="contrast of a tip", low=0.0, high=1.0, source=_DARK)
    full_dark: float = parameter(0.75, unit="contrast of a tip", low=0.0, high=1.0, above="min_dark", source=_DARK)


@dataclasses.dataclass(frozen=True, slots=True)
class Naming:
    """Names of fingertips.

    Attributes
    ----------
    slap
        Which hand.
    tips
        Index of the fingertip that each finger is, among those given.
    cost
        How unlike a usual hand, in nats.
    lead
        How much less than the best way to give one of these tips another name of the same hand.
    """

    slap: Slap
    tips: dict[Finger, int]
    cost: float
    lead: float = math.inf

    def renamed(self, slap: Slap) -> Naming:
        """The same tips as fingers of the other hand: index stays index."""
        shift = 5 if slap is Slap.LEFT_FOUR else -5
        return Naming(slap, {Finger(finger + shift): tip for finger, tip in self.tips.items()}, self.cost, self.lead)

    def contradicts(self, other: Naming) -> bool:
        """Whether both name a tip, and differently."""
        names = {tip: finger for finger, tip in other.tips.items()}
        return any(names.get(tip, finger) is not finger for finger, tip in self.tips.items())


def name_tips(
    tips: Sequence[Tip],
    slap: Slap,
    cell_mm: float,
    width_mm: float,
    parameters: HandParameters,
    absent: Collection[Finger] = (),
) -> Naming:
    """The best way to lay a hand on fingertips.

    Parameters
    ----------
    tips
        At least one.
    slap
        Which hand.
    cell_mm
        Side of a cell, in which tips are measured.
    width_mm
        Of the image.
    parameters
        Numbers.
    absent
        Fingers that are known not to be there: to leave them out costs nothing.
    """
    p = parameters
    model = _model(slap)
    worth = np.array([worth_of(tip, p) for tip in tips])
    points = cell_mm * np.array([[tip.x, tip.y] for tip in tips])
    leans = np.array([tip.angle_rad for tip in tips])
    widths, lengths = cell_mm * np.array([(tip.width, tip.length) for tip in tips]).T
    contrasts = np.array([tip.contrast for tip in tips])
    ways = []
    turn = float(np.average(leans, weights=worth + 0.1))
    across = points @ np.array([math.cos(turn), -math.sin(turn)])
    order = np.argsort(across)
    count = len(model.fingers)
    for used in range(1, min(count, len(tips)) + 1):
        chosen = order[np.array(list(itertools.combinations(range(len(tips)), used)))]
        for places in itertools.combinations(range(count), used):
            costs = _costs(points[chosen], leans[chosen], widths[chosen], model, list(places), slap, p)
            lacking = sum(finger not in absent for k, finger in enumerate(model.fingers) if k not in places)
            costs += p.missing_cost * lacking + p.unused_cost * (worth.sum() - worth[chosen].sum(axis=1))
            costs += p.doubt_cost * (1.0 - worth[chosen]).sum(axis=1)
            costs += _shadowed(points, leans, widths, lengths, worth, contrasts, chosen, p)
            costs += _off_middle(points[chosen], leans[chosen], model, list(places), width_mm, p)
            row = int(np.argmin(costs))
            named = {model.fingers[place]: int(tip) for place, tip in zip(places, chosen[row], strict=True)}
            ways.append(Naming(slap, named, float(costs[row])))
    best = min(ways, key=lambda way: way.cost)
    others = (way.cost for way in ways if way.contradicts(best))
    return dataclasses.replace(best, lead=min(others, default=math.inf) - best.cost)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Model:
    fingers: tuple[Finger, ...]
    ends: NDArray[np.float64]
    leans: NDArray[np.float64]
    widths: NDArray[np.float64]


def _model(slap: Slap) -> _Model:
    """The usual hand, its fingers from left to right."""
    if slap is Slap.THUMBS:
        return _Model(slap.fingers, THUMBS_MM, np.radians(THUMBS_LEANS_DEG), THUMBS_WIDTHS_MM)
    if slap in (Slap.LEFT_THUMB, Slap.RIGHT_THUMB):
        return _Model(slap.fingers, THUMBS_MM[:1], np.zeros(1), THUMBS_WIDTHS_MM[:1])
    right = _Model(slap.fingers, FOUR_MM, np.radians(FOUR_LEANS_DEG), FOUR_WIDTHS_MM)
    if slap is Slap.RIGHT_FOUR:
        return right
    return _Model(slap.fingers, right.ends[::-1] * (-1.0, 1.0), -right.leans[::-1], right.widths[::-1])


def worth_of(tip: Tip, p: HandParameters) -> float:
    """How sure it is that this is a fingertip, 0 to 1: as dark as others, full of ridges, and round or very dark."""
    is_there = _share(tip.contrast, p.min_contrast, p.full_contrast)
    is_round = _share(tip.response, p.min_response, p.full_response)
    is_dark = _share(tip.contrast, p.min_dark, p.full_dark)
    return is_there * max(0.05, _share(tip.filled, 0.3, 0.6)) * max(0.05, is_round, is_dark)


def _share(value: float, low: float, high: float) -> float:
    """How far between two limits, 0 to 1."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _costs(
    points: NDArray[np.float64], leans: NDArray[np.float64], widths: NDArray[np.float64], model: _Model,
    places: list[int], slap: Slap, p: HandParameters,
) -> NDArray[np.float64]:  # fmt: skip
    """How unlike the usual hand each choice of tips is; arrays (choices, used, …)."""
    ends, count = model.ends[places], len(places)
    size = np.median(widths / model.widths[places], axis=1)
    size = np.clip(1.0 + 0.7 * (size - 1.0), 0.6, 1.3)
    expected = ends - ends.mean(axis=0)
    found = points - points.mean(axis=1, keepdims=True)
    own = (leans - model.leans[places]).mean(axis=1)
    # The turn follows from the leans and from where the ends lie; each is as sure as its share.
    far = size[:, None, None] * expected
    dot = (far * found).sum(axis=(1, 2))
    cross = (far[..., 1] * found[..., 0] - far[..., 0] * found[..., 1]).sum(axis=1)
    weight_ends = (expected**2).sum() / p.along_mm**2
    weight_leans = count / math.radians(p.lean_deg) ** 2
    ends_turn = np.arctan2(cross, dot)
    turn = own + weight_ends / (weight_ends + weight_leans) * _wrapped(ends_turn - own)
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x = c * found[..., 0] - s * found[..., 1]
    y = s * found[..., 0] + c * found[..., 1]
    spread = np.ones(len(size))
    if count > 1:
        spread = (x * expected[:, 0]).sum(axis=1) / (expected[:, 0] ** 2).sum()
    spread_cost = 0.5 * (np.log(np.maximum(spread / size, 0.1) / 1.05) / p.spread_share) ** 2 if count > 1 else 0.0
    along = p.thumbs_along_mm if slap is Slap.THUMBS else p.along_mm
    cost = _surprise((x - spread[:, None] * expected[:, 0]) / p.across_mm)
    cost += _surprise((y - size[:, None] * expected[:, 1]) / along)
    cost += _surprise(_wrapped(leans - model.leans[places] - turn[:, None]) / math.radians(p.lean_deg))
    cost += _surprise(np.log(widths / model.widths[places] / size[:, None]) / p.width_share)
    cost += 0.5 * (np.log(size) / p.size_share) ** 2
    cost += 0.5 * (turn / math.radians(p.turn_deg)) ** 2 + spread_cost
    return np.asarray(np.where(spread > 0.3, cost, cost + 100.0))


def _shadowed(
    points: NDArray[np.float64], leans: NDArray[np.float64], widths: NDArray[np.float64], lengths: NDArray[np.float64],
    worth: NDArray[np.float64], contrasts: NDArray[np.float64], chosen: NDArray[np.intp], p: HandParameters,
) -> NDArray[np.float64]:  # fmt: skip
    """What a choice gets back for leaving out what lies below its tips: lower phalanges of the same fingers.

    They are as dark as the tip above them: what is far darker is a finger below something faint. What begins further
    below than the next phalanx does may be one or another finger.
    """
    count = len(points)
    below = np.zeros((count, count))  # [i, j]: how sure it is that j is a lower phalanx of the finger of i
    for i in range(count):
        delta = points - points[i]
        u = math.cos(leans[i]) * delta[:, 0] - math.sin(leans[i]) * delta[:, 1]
        v = math.sin(leans[i]) * delta[:, 0] + math.cos(leans[i]) * delta[:, 1]
        is_below = (np.abs(u) < 0.6 * widths[i]) & (v > 0.9 * widths[i]) & (v < 6.0 * widths[i])
        is_next = v < lengths[i] + p.next_widths * widths[i]
        below[i] = np.where(is_next, 1.0, 0.5) * (is_below & (contrasts < p.shadow_contrast * contrasts[i]))
    back = np.zeros(len(chosen))
    for row, tips in enumerate(chosen):
        free = below[tips].max(axis=0)
        used = np.zeros(count, np.bool_)
        used[tips] = True
        back[row] = -p.unused_cost * (worth * free)[~used].sum() + 30.0 * (free[used] == 1.0).sum()
    return back


def _off_middle(
    points: NDArray[np.float64], leans: NDArray[np.float64], model: _Model, places: list[int], width_mm: float,
    p: HandParameters,
) -> NDArray[np.float64]:  # fmt: skip
    """How far from the middle of the image the middle of a whole hand would lie: it tells where few fingers lie.

    Says nothing on an image that has no room for the whole hand: what was cut out lies in the middle of it.
    """
    if width_mm < np.ptp(model.ends[:, 0]) + model.widths.max():
        return np.zeros(len(points))
    turn = (leans - model.leans[places]).mean(axis=1)
    across, along = model.ends[places].mean(axis=0) - model.ends.mean(axis=0)
    off = points[..., 0].mean(axis=1) - (np.cos(turn) * across + np.sin(turn) * along) - 0.5 * width_mm
    return np.asarray(0.5 * (off / p.centre_mm) ** 2, dtype=np.float64)


def _surprise(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nats of deviations in standard ones, over fingers; Student's with `FREEDOM`, so that one may be far off."""
    return np.asarray(0.5 * (FREEDOM + 1.0) * np.log1p(deviations**2 / FREEDOM).sum(axis=1))


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.mod(angle + math.pi, 2.0 * math.pi) - math.pi)
