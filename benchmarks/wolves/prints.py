"""The prints that wolves are made against and judged on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from benchmarks.accuracy.calibration import synthetic_prints
from benchmarks.data_sets import find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.template import Template, TemplateBatch


@dataclasses.dataclass(frozen=True)
class Prints:
    """Templates and the fingers that they come from."""

    name: str
    templates: list[Template]
    fingers: list[str]

    def half(self, parity: int) -> Prints:
        """The prints of every second finger."""
        numbers = {finger: at for at, finger in enumerate(sorted(set(self.fingers)))}
        rows = [at for at, finger in enumerate(self.fingers) if numbers[finger] % 2 == parity]
        return Prints(self.name, [self.templates[at] for at in rows], [self.fingers[at] for at in rows])

    def batch(self) -> TemplateBatch:
        """The templates, packed."""
        return TemplateBatch.of(self.templates)


def prints_of(data: Path, name: str) -> Prints:
    """All prints of a set that gave a template."""
    (data_set,) = find_sets(data, [name])
    made = templates_of(data_set, workers=1)
    rows = np.flatnonzero(~made.has_failed)
    return Prints(name, [made.templates[at] for at in rows], [made.samples[at].finger for at in rows])


def synthetic(fingers: int) -> Prints:
    """Two impressions each of fingers that nobody has."""
    owners, templates = synthetic_prints(fingers)
    return Prints("synthetic", templates, [finger for _, finger in owners])
