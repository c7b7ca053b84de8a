"""Material for benchmarks of large galleries: non-mated prints, enrolled fingers among them, and their probes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.data_sets import FVC_SETS, find_sets
from benchmarks.search.image_population import LEVELS, image_population
from benchmarks.search.point_population import point_population
from benchmarks.templates import templates_of
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.index.columns.block import PrintColumns, columns_of
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_many

SYNTHETIC_FINGERS = 120
FEW, FEW_SHARE = "few", 100
"""Site of the enrolled fingers and of one in a hundred of the other prints."""
KINDS = ("real", *LEVELS)
"""What `kind_of` says."""


def kind_of(group: str) -> str:
    """The level of a synthetic probe; of one of a set of real prints "real"."""
    return group if group in LEVELS else "real"


@dataclasses.dataclass(frozen=True)
class MatedProbe:
    """A probe, the group it is reported in, and the row of its mate in the block of enrolled fingers."""

    group: str
    template: Template
    mate: int


@dataclasses.dataclass(frozen=True)
class MatedFingers:
    """Enrolled fingers as a block, and their probes."""

    block: PrintColumns
    probes: list[MatedProbe]


def non_mated_blocks(prints: int) -> list[PrintColumns]:
    """Point prints, mates of no probe, in blocks of 10,000, in memory."""
    return [
        PrintColumns(sketch_many(part.data, part.offset), part.data, part.offset) for part in point_population(prints)
    ]


def synthetic_fingers(fingers: int) -> MatedFingers:
    """Fingers of the image-level population with a probe of each level."""
    enrolled, probes = [], []
    for finger in image_population(fingers):
        if finger.enrolled is None:
            continue
        for level in LEVELS:
            probe = finger.probes[level]
            if probe is not None:
                probes.append(MatedProbe(level, probe, len(enrolled)))
        enrolled.append(finger.enrolled)
    return MatedFingers(columns_of(enrolled), probes)


def real_fingers(data: Path, names: tuple[str, ...] = ("uareu", *FVC_SETS), limit: int | None = None) -> MatedFingers:
    """The first usable impression of each finger enrolled, the others probes; groups are the sets.

    Parameters
    ----------
    data
        Folder with ``datasets.csv``.
    names
        The sets.
    limit
        Upper limit on probes per finger.
    """
    enrolled, probes = [], []
    for data_set in find_sets(data, list(names)):
        made = templates_of(data_set, workers=2)
        mates: dict[str, int] = {}
        used: dict[str, int] = {}
        for sample, template, failed in zip(made.samples, made.templates, made.has_failed, strict=True):
            if failed:
                continue
            if sample.finger not in mates:
                mates[sample.finger] = len(enrolled)
                enrolled.append(template)
            elif limit is None or used.setdefault(sample.finger, 0) < limit:
                used[sample.finger] = used.get(sample.finger, 0) + 1
                probes.append(MatedProbe(data_set.name, template, mates[sample.finger]))
    return MatedFingers(columns_of(enrolled), probes)


def every_row(blocks: list[PrintColumns]) -> list[np.ndarray]:
    """Masks that leave nothing out."""
    return [np.ones(block.sketches.shape[0], np.bool_) for block in blocks]


def fill(folder: Path, prints: int, mated: MatedFingers) -> None:
    """Enrol so many prints, fingers among them under ``finger-ROW``; an unfinished folder is made anew."""
    enrolled = [mated.block.template_bytes(row) for row in range(len(mated.block))]
    few, others = PrintDetails(site=FEW), PrintDetails()

    def every() -> Iterator[tuple[str, bytes, PrintDetails]]:
        yield from ((key_of(row), native, few) for row, native in enumerate(enrolled))
        number = 0
        for part in point_population(prints - len(enrolled)):
            for begin, end in zip(part.offset.tolist(), part.offset[1:].tolist(), strict=False):
                number += 1
                details = others if number % FEW_SHARE else few
                yield f"other-{number:08d}", part.data[begin:end].tobytes(), details

    unfinished = folder.with_suffix(".unfinished")
    for old in (unfinished, folder):
        shutil.rmtree(old, ignore_errors=True)
    with Gallery.open(unfinished) as gallery:
        gallery.enrol_many(every())
        gallery.compact()
    unfinished.rename(folder)


def key_of(row: int) -> str:
    """The key of a finger in a gallery made by `fill`."""
    return f"finger-{row:05d}"


def both(data: Path) -> MatedFingers:
    """Synthetic fingers, and real ones where the data are there."""
    synthetic = synthetic_fingers(SYNTHETIC_FINGERS)
    if not (data / "datasets.csv").is_file():
        return synthetic
    real, first = real_fingers(data), len(synthetic.block)
    natives = [block.template_bytes(row) for block in (synthetic.block, real.block) for row in range(len(block))]
    moved = [dataclasses.replace(probe, mate=first + probe.mate) for probe in real.probes]
    return MatedFingers(columns_of(map(Template.from_bytes, natives)), [*synthetic.probes, *moved])
