"""`SeenMinutiae`: the minutiae of several impressions, and how many of these show or miss each."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import RigidTransform, direction_difference
from fingerprint_engine.matching.merging.merged_area import MergedArea
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae, MinutiaKind
from fingerprint_engine.template import Template

STRETCH_PX, STRETCH_PRIOR = 55.0, 0.5
"""Chosen: how far a stretch reaches, and what speaks against any, in matches; docs/decisions/merged-prints.md."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SeenMinutiae:
    """Columns of shape (n,), float64, in the frame of the first impression.

    Attributes
    ----------
    x, y, direction, kind
        As in `Minutiae`; means over the impressions that show the minutia.
    doubt
        Chance that it is in none of these, by its qualities; not a number where one is not known.
    shown, missed
        In how many impressions it is, and in how many it is not although they cover the place.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    direction: NDArray[np.float64]
    kind: NDArray[np.float64]
    doubt: NDArray[np.float64]
    shown: NDArray[np.float64]
    missed: NDArray[np.float64]

    @classmethod
    def of(cls, template: Template) -> SeenMinutiae:
        """Those of one impression."""
        found = template.minutiae
        quality = np.where(found.quality == UNKNOWN_QUALITY, np.nan, found.quality / 100.0)
        x, y, direction, kind = (
            column.astype(np.float64) for column in (found.x, found.y, found.direction, found.kind)
        )
        return cls(x, y, direction, kind, 1.0 - quality, np.ones(len(found)), np.zeros(len(found)))

    def rows_of(self, template: Template, right: float, down: float) -> NDArray[np.int64]:
        """Which of these each minutia of a template is, that was made of them and moved."""
        found = template.minutiae
        apart = np.hypot(found.x[:, None] - right - self.x, found.y[:, None] - down - self.y)
        turned = np.abs(direction_difference(found.direction[:, None], self.direction))
        return np.asarray((apart + 10.0 * turned).argmin(axis=1), np.int64)

    def with_another(
        self,
        template: Template,
        carried: RigidTransform,
        pairs: NDArray[np.int32],
        rows: NDArray[np.int64],
        area: MergedArea,
    ) -> SeenMinutiae:
        """With those of another impression.

        Parameters
        ----------
        template, carried
            The other impression, and what lays it into this frame.
        pairs, rows
            Minutiae of the merged template and of the other that match; and which of these each of the former is.
        area
            Of the impressions so far.
        """
        other = SeenMinutiae.of(template)
        x, y = carried.apply(other.x, other.y)
        ours, theirs = rows[pairs[:, 0]], pairs[:, 1]
        x, y = _stretched(x, y, theirs, self.x[ours] - x[theirs], self.y[ours] - y[theirs])
        direction = carried.apply_direction(other.direction).astype(np.float64)
        there_x, there_y = carried.inverse().apply(self.x, self.y)
        is_missed = MergedArea.of(template).times_covered(there_x, there_y) > 0
        is_missed[ours] = False
        weight = 1.0 / (self.shown[ours] + 1.0)
        both = dataclasses.replace(
            self,
            x=_moved(self.x, ours, weight * (x[theirs] - self.x[ours])),
            y=_moved(self.y, ours, weight * (y[theirs] - self.y[ours])),
            direction=_moved(
                self.direction, ours, weight * direction_difference(direction[theirs], self.direction[ours])
            ),
            doubt=_scaled(self.doubt, ours, other.doubt[theirs]),
            shown=_moved(self.shown, ours, np.ones(len(ours))),
            missed=self.missed + is_missed,
            kind=_agreed(self.kind, ours, other.kind[theirs]),
        )
        is_new = np.ones(len(x), np.bool_)
        is_new[theirs] = False
        added = dataclasses.replace(
            other, x=x, y=y, direction=direction, missed=area.times_covered(x, y).astype(np.float64)
        )
        return SeenMinutiae(
            *(
                np.concatenate([getattr(both, field.name), getattr(added, field.name)[is_new]])
                for field in dataclasses.fields(SeenMinutiae)
            )
        )

    def minutiae(self, right: float, down: float, shape: tuple[int, int], fade: float) -> Minutiae:
        """Those that lie within a template that begins elsewhere; each time that one is missed its quality fades."""
        chance = (1.0 - self.doubt) * fade**self.missed
        quality = np.where(np.isnan(chance), UNKNOWN_QUALITY, np.rint(100.0 * chance)).astype(np.uint8)
        x, y = self.x + right, self.y + down
        kept = (x >= 0.0) & (y >= 0.0) & (x <= shape[1] - 1.0) & (y <= shape[0] - 1.0)
        direction, kind = self.direction[kept].astype(np.float32), self.kind[kept].astype(np.uint8)
        return Minutiae(x[kept].astype(np.float32), y[kept].astype(np.float32), direction, kind, quality[kept])


def _stretched(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    matched: NDArray[np.int32],
    right: NDArray[np.float64],
    down: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points moved as the matched ones around them have to be."""
    apart = np.hypot(x[:, None] - x[matched], y[:, None] - y[matched])
    weight = np.exp(-0.5 * (apart / STRETCH_PX) ** 2)
    total = weight.sum(axis=1) + STRETCH_PRIOR
    return x + weight @ right / total, y + weight @ down / total


def _moved(values: NDArray[np.float64], rows: NDArray[np.int64], change: NDArray[np.float64]) -> NDArray[np.float64]:
    made = values.copy()
    made[rows] += change
    return made


def _scaled(values: NDArray[np.float64], rows: NDArray[np.int64], factor: NDArray[np.float64]) -> NDArray[np.float64]:
    made = values.copy()
    made[rows] *= factor
    return made


def _agreed(kinds: NDArray[np.float64], rows: NDArray[np.int64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kind that impressions agree on, or the one that is known; unknown where they contradict each other."""
    made = kinds.copy()
    ours = kinds[rows]
    known = np.where(ours == MinutiaKind.UNKNOWN, others, ours)
    is_opposed = (others != MinutiaKind.UNKNOWN) & (known != others)
    made[rows] = np.where(is_opposed, ours, known)
    return made
