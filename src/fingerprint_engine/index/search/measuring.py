"""Measuring on a gallery itself how many mates its shortlist keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.index.search.search import Snapshot, scan_for
from fingerprint_engine.matching import compare
from fingerprint_engine.template import Template

Progress = Callable[[int, int], object]


class Mated(NamedTuple):
    """A probe and the place of its mate."""

    probe: Template
    block: int
    row: int


def own_recaptures(snapshot: Snapshot, count: int) -> list[Mated]:
    """Fingers that are enrolled more than once: prints of one subject and one known position.

    The later one is the probe. Of more than `count` every so many is taken, in the order of enrolment.
    """
    pairs: list[tuple[tuple[int, int], tuple[int, int]]] = []
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for number, view in enumerate(snapshot.views):
        for row in np.flatnonzero(view.alive & (view.traits.finger != Finger.UNKNOWN)).tolist():
            finger = int(view.traits.subject[row]), int(view.traits.finger[row])
            mate = first.setdefault(finger, (number, row))
            if mate != (number, row):
                pairs.append(((number, row), mate))
    step = max(1, -(-len(pairs) // count))
    return [Mated(_template(snapshot.views, *probe), *mate) for probe, mate in pairs[::step]]


def given_recaptures(snapshot: Snapshot, recaptures: Iterable[tuple[str, Template]], count: int) -> list[Mated]:
    """Prints that a caller took, or made, once more: each with the key of its mate."""
    places = {}
    wanted = list(recaptures)[:count]
    for key, _ in wanted:
        for number, view in enumerate(snapshot.views):
            row = view.find(key)
            if row is not None:
                places[key] = number, row
    missing = sum(key not in places for key, _ in wanted)
    if missing:
        raise InputError(f"recaptures: expected keys that are enrolled, {missing} of {len(wanted)} are not")
    return [Mated(probe, *places[key]) for key, probe in wanted]


def recall_on(
    snapshot: Snapshot,
    mated: Sequence[Mated],
    source: str,
    max_fpir: float,
    parameters: SearchParameters,
    progress: Progress,
) -> dict[str, Any]:
    """Of the mates that would be a hit when compared, the share that the shortlist keeps.

    Raises
    ------
    InputError
        When no mate would be a hit.
    """
    masks = [view.alive for view in snapshot.views]
    prints = sum(int(np.count_nonzero(mask)) for mask in masks)
    hit_score = score_of_fpir(max_fpir, prints)
    findable = kept = 0
    name = ""
    for done, (probe, number, row) in enumerate(mated, start=1):
        if compare(probe, _template(snapshot.views, number, row)).score >= hit_score:
            findable += 1
            scan = scan_for(probe, snapshot.views, masks, parameters, workers=2)
            kept += bool(((scan.block == number) & (scan.row == row)).any())
            name = scan.name
        progress(done, len(mated))
    if not findable:
        raise InputError(
            f"recaptures: expected mates that score at least {hit_score:.0f}, "
            f"{len(mated)} were compared and all score less"
        )
    return {
        "recall": kept / findable,
        "kept": kept,
        "findable": findable,
        "probes": len(mated),
        "prints": prints,
        "shortlist": name,
        "stages": parameters.stages.digest().hex(),
        "source": f"{findable} {source} among {prints} prints",
    }


def _template(views: Sequence[BlockView], number: int, row: int) -> Template:
    return Template.from_bytes(views[number].columns.template_bytes(row))
