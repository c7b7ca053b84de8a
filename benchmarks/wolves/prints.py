"""The prints that wolves are made against and judged on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

import fingerprint_engine as fe
from benchmarks.accuracy.calibration import synthetic_prints
from benchmarks.code_version import RESULTS, extraction_digest, synthesis_digest
from benchmarks.data_sets import find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.synthesis.population import population_finger, population_impression
from fingerprint_engine.template import Template, TemplateBatch

JUDGES_SEED = 78
"""Of fingers that wolves are judged on: other ones than those that they are made against."""


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


def joined(name: str, sets: list[Prints]) -> Prints:
    """Several sets as one."""
    templates = [template for prints in sets for template in prints.templates]
    return Prints(name, templates, [finger for prints in sets for finger in prints.fingers])


def synthetic(fingers: int) -> Prints:
    """Two impressions each of fingers that nobody has."""
    owners, templates = synthetic_prints(fingers)
    return Prints("synthetic", templates, [finger for _, finger in owners])


def many_synthetic(fingers: int) -> Prints:
    """One print each of many other fingers that nobody has, a third of a second each; kept with the results."""
    folder = RESULTS / "judges" / f"{extraction_digest()}-{synthesis_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    templates, owners = [], []
    for number in range(1, fingers + 1):
        path = folder / f"{number:05d}.template"
        if not path.exists():
            path.write_bytes(_print_of(number))
        if data := path.read_bytes():
            templates.append(Template.from_bytes(data))
            owners.append(str(number))
    return Prints("many synthetic", templates, owners)


def _print_of(number: int) -> bytes:
    """The template of a finger; nothing when none can be made."""
    made = population_impression(population_finger(JUDGES_SEED, number), JUDGES_SEED, number, 1)
    try:
        return fe.extract(made.image).to_bytes()
    except fe.FailureToExtract:
        return b""
