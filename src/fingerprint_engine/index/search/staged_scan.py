"""A search in stages: scan all sketches, then look closer at the best, three times; compare the best of all in full.

1 scan      every eligible print, by its sketch                              shortlists.SketchScan
2 place     some thousand of a million: do like minutiae lie alike           kernels.place_sketches
3 screen    some hundred of these: cylinders and mutual support              Matcher.supports
4 compare   the best hundred: the full matcher, with its own early exit      Matcher.scores

Whatever ties with the last print that a stage passes on is passed on too, so that neither the order of the prints nor
their blocks nor the number of threads decides.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import IncompatibleTemplates
from fingerprint_engine.index.cells.weighed_bits import weighed_bits
from fingerprint_engine.index.columns.block import PrintColumns, Rows, batch_of, sound_batch_of
from fingerprint_engine.index.columns.mapped_pages import MappedTemplates
from fingerprint_engine.index.search.kernels import place_sketches
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.scan import NOTHING, Scan, reasons_with_counts
from fingerprint_engine.index.search.shortlists import Rated, Shortlist, SketchScan, near_bits_of, weights_of, widened
from fingerprint_engine.index.search.work_pieces import COMPARE_MS, PLACE_MS, SCREEN_MS, threads_worth, work_of
from fingerprint_engine.matching import Matcher, MatchingParameters
from fingerprint_engine.matching.work_pieces import pieces_by_work
from fingerprint_engine.template import Template
from fingerprint_engine.template.quantization import DIRECTION_STEPS, direction_codes
from fingerprint_engine.threads import done_in_time

_DEFAULT_PARAMETERS = StageParameters()
_NONE_RATED = Rated(np.zeros(0, np.int64), np.zeros(0, np.float32))
_MAX_PIECE, _MAX_PLACED = 128, 1024
"""Measured: more unpacked prints than that leave the nearest caches. Chosen: of those that are placed, each a sixth of
the work of screening."""
_MAX_TIED_FACTOR = 2
"""A stage passes on at most so many times its size, for galleries that hold the same print very often."""


def staged_scan(
    probe: Template,
    blocks: Sequence[PrintColumns],
    eligible: Sequence[NDArray[np.bool_]],
    deadline: float = math.inf,
    workers: int = 1,
    parameters: StageParameters = _DEFAULT_PARAMETERS,
    shortlist: Shortlist | None = None,
) -> Scan:
    """Look for a probe in blocks of prints.

    Parameters
    ----------
    probe
        What is searched for; made with the same parameters as the prints.
    blocks, eligible
        The prints, and which of them may be looked at.
    deadline
        Moment of `time.monotonic` after which no more work is begun.
    workers
        Threads; the answer does not depend on it.
    parameters
        How many prints each stage passes on.
    shortlist
        What makes the order of the first stage for these blocks; a `SketchScan` by default.

    Returns
    -------
    `Scan`: the fully compared prints with a score above 0, and what was looked at. A print that a stage left out counts
    as searched; one that time or damage kept from its stage does not.
    """
    shortlist = shortlist or SketchScan(blocks, parameters)
    rated = shortlist.scores(probe, eligible, deadline, workers)
    answered = [found is not None for found in rated]
    counts = [int(np.count_nonzero(mask)) for mask in eligible]
    late = sum(count for count, done in zip(counts, answered, strict=True) if not done)
    scanned = sum(counts) - late
    wide = widened(parameters, probe) if scanned >= parameters.placed_from else parameters  # the others do not differ
    sizes = wide.sizes(scanned, is_sealed=are_sealed(blocks))

    block, row, _, visited = best_prints(sizes.placed, rated)
    placed, templates = block.shape[0], MappedTemplates(blocks)
    templates.ask_for(block, row)
    if sizes.has_placing and placed > sizes.screened:
        block, row, worth = place_prints(probe, blocks, block, row, deadline, workers, parameters, templates)
        late += _give_up(placed - block.shape[0], answered)
        best = best_places(sizes.screened, worth)
        block, row = block[best], row[best]

    screened = block.shape[0]
    if screened > sizes.compared:
        pairs = parameters.screening_pairs
        block, row, value = screen_prints(probe, blocks, block, row, deadline, workers, pairs, templates)
        late += _give_up(screened - block.shape[0], answered)
        best = best_places(sizes.compared, value)
        block, row = block[best], row[best]

    wanted = block.shape[0]
    block, row, value, damaged = compare_prints(probe, blocks, block, row, deadline, workers, templates)
    unfinished = wanted - block.shape[0] - damaged
    late += _give_up(unfinished, answered)
    hits = value > 0.0
    return Scan(
        block[hits],
        row[hits],
        value[hits],
        searched=sum(counts) - late - damaged,
        compared=block.shape[0],
        excluded=reasons_with_counts(late, damaged),
        answered=tuple(answered),
        name=shortlist.name,
        screened=screened,
        visited=visited,
    )


def best_prints(count: int, rated: Sequence[Rated | None]) -> tuple[Rows, Rows, NDArray[np.float32], int]:
    """Blocks, rows and scores of the prints with the best shortlist scores, and how many have one."""
    found = [_NONE_RATED if one is None else one for one in rated]
    rows, scores = (_in_one(column) for column in zip(*found, strict=True)) if found else _NONE_RATED
    best = best_places(count, scores)
    ends = np.array(list(itertools.accumulate(one.rows.size for one in found)), np.int64)
    return ends.searchsorted(best, "right"), rows[best], scores[best], scores.size


def best_places(count: int, value: NDArray[np.floating]) -> Rows:
    """Places of the best `count` values from 0 up and of what ties with the last of them, in their order."""
    floor = 0.0
    if count == 0:
        return np.zeros(0, np.int64)
    if value.size > count:
        ordered = value.copy()
        ordered.partition(value.size - count)
        floor = max(floor, float(ordered[value.size - count]))
    kept = (value >= floor).nonzero()[0]
    if kept.size > _MAX_TIED_FACTOR * count:
        kept = np.sort(kept[np.argsort(-value[kept], kind="stable")[: _MAX_TIED_FACTOR * count]])
    return kept


def are_sealed(blocks: Sequence[PrintColumns]) -> bool:
    """Whether templates have to be opened one by one."""
    return any(block.sealed is not None for block in blocks)


def place_prints(
    probe: Template,
    blocks: Sequence[PrintColumns],
    block: Rows,
    row: Rows,
    deadline: float,
    workers: int,
    parameters: StageParameters,
    templates: MappedTemplates | None = None,
) -> tuple[Rows, Rows, NDArray[np.float32]]:
    """Blocks and rows of the prints that there was time for, and how far like minutiae lie alike.

    `templates` are those of the blocks when the prints were already asked for; None: they are asked for here.
    """
    bits = weighed_bits(probe, parameters.voting(len(probe)))
    near, count = near_bits_of(bits, parameters), bits.codes.shape[1]
    minutiae, templates = probe.minutiae, templates or _asked_for(blocks, block, row)
    places = np.stack([minutiae.x[:count], minutiae.y[:count]])
    turns = direction_codes(minutiae.direction[:count]).astype(np.int64)
    asked = (*bits, near, weights_of(probe, count), places, turns)

    def place(piece: slice) -> tuple[Rows, Rows, NDArray[np.float32]]:
        found, rows = blocks[int(block[piece.start])], row[piece]
        room, worth = np.empty((8, count), np.float32), np.empty(rows.size, np.float32)
        place_sketches(*asked, found.sketches, found.data, found.offset, rows, *direction_tables(), room, worth)  # type: ignore[no-untyped-call]
        templates.give_back_if_many()
        return block[piece], rows, worth

    threads = threads_worth(block.size * PLACE_MS, workers)
    size = min(-(-block.size // threads), _MAX_PLACED)
    pieces = [
        slice(begin, min(begin + size, run.stop)) for run in _runs(block) for begin in range(run.start, run.stop, size)
    ]
    return _joined(done_in_time(place, pieces, workers=threads, deadline=deadline))


@functools.lru_cache(maxsize=1)
def direction_tables() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosine and sine of each direction code."""
    angle = np.arange(DIRECTION_STEPS) * (2.0 * np.pi / DIRECTION_STEPS)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def screen_prints(
    probe: Template,
    blocks: Sequence[PrintColumns],
    block: Rows,
    row: Rows,
    deadline: float,
    workers: int,
    pairs: int,
    templates: MappedTemplates | None = None,
) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """Blocks and rows of the prints that there was time for, and their supports by so many pairs of minutiae.

    `templates` as in `place_prints`.
    """
    matcher, templates = Matcher(probe, _screening(pairs)), templates or _asked_for(blocks, block, row)

    def screen(piece: slice) -> tuple[Rows, Rows, NDArray[np.float64]]:
        supports = supports_in(matcher, blocks, block[piece], row[piece])
        templates.give_back_if_many()
        return block[piece], row[piece], supports

    threads = threads_worth(block.size * SCREEN_MS, workers)
    pieces = _pieces(len(probe), blocks, block, row, threads)
    return _joined(done_in_time(screen, pieces, workers=threads, deadline=deadline))


@functools.lru_cache(maxsize=16)
def _screening(pairs: int) -> MatchingParameters:
    """Parameters of screening; kept, since checking them takes as long as screening two prints."""
    return MatchingParameters(max_pairs=pairs)


def supports_in(matcher: Matcher, blocks: Sequence[PrintColumns], block: Rows, row: Rows) -> NDArray[np.float64]:
    """Supports of some prints; 0 where a damaged one states parameters with which none was made."""
    try:
        return matcher.supports(batch_of(blocks, block, row, complete=False))
    except IncompatibleTemplates:  # what the others get must not depend on who is asked for together with whom
        places = range(row.size)
        fits = np.array([_fits(matcher, blocks, block[[place]], row[[place]]) for place in places], np.bool_)
        supports = np.zeros(row.size)
        supports[fits] = matcher.supports(batch_of(blocks, block[fits], row[fits], complete=False))
        return supports


def _fits(matcher: Matcher, blocks: Sequence[PrintColumns], block: Rows, row: Rows) -> bool:
    """Whether one print states the parameters of the probe; one whose checksum is right must."""
    try:
        matcher.supports(batch_of(blocks, block, row, complete=False))
    except IncompatibleTemplates:
        if sound_batch_of(blocks, block, row)[0].size:
            raise
        return False
    return True


def compare_prints(
    probe: Template,
    blocks: Sequence[PrintColumns],
    block: Rows,
    row: Rows,
    deadline: float,
    workers: int,
    templates: MappedTemplates | None = None,
) -> tuple[Rows, Rows, NDArray[np.float64], int]:
    """Full scores of the prints whose checksum is right; and the number of those whose is not.

    `templates` are those of the blocks. Nothing is asked for here: who screened the prints did.
    """
    matcher, templates = Matcher(probe), templates or MappedTemplates(blocks)

    def compare(piece: slice) -> tuple[Rows, Rows, NDArray[np.float64]]:
        sound, batch = sound_batch_of(blocks, block[piece], row[piece])
        templates.give_back_if_many()
        return block[piece][sound], row[piece][sound], matcher.scores(batch)

    threads = threads_worth(block.size * COMPARE_MS, workers)
    pieces = _pieces(len(probe), blocks, block, row, threads)
    done = done_in_time(compare, pieces, workers=threads, deadline=deadline)
    begun = sum(piece.stop - piece.start for piece in pieces[: len(done)])
    found = _joined(done)
    return *found, begun - found[0].shape[0]


def _asked_for(blocks: Sequence[PrintColumns], block: Rows, row: Rows) -> MappedTemplates:
    templates = MappedTemplates(blocks)
    templates.ask_for(block, row)
    return templates


def _pieces(minutiae: int, blocks: Sequence[PrintColumns], block: Rows, row: Rows, threads: int) -> list[slice]:
    """Runs of prints, of several blocks where few are of each, none of more than a piece of work."""
    if block.size == 0:
        return []
    work = [work_of(minutiae, blocks[int(block[run.start])], row[run]) for run in _runs(block)]
    max_prints = min(max(-(-block.size // threads), 1), _MAX_PIECE)  # as few pieces as threads: each is handed over
    return pieces_by_work(_in_one(work), max_prints)


def _runs(block: Rows) -> list[slice]:
    """Runs of prints of one block each."""
    borders = [0, *((block[1:] != block[:-1]).nonzero()[0] + 1).tolist(), block.size]
    return [slice(start, end) for start, end in itertools.pairwise(borders) if end > start]


def _joined(parts: list[tuple[Rows, Rows, NDArray[Any]]]) -> tuple[Rows, Rows, NDArray[Any]]:
    if not parts:
        return NOTHING
    block, row, value = (_in_one(column) for column in zip(*parts, strict=True))
    return block, row, value


def _in_one(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays one after another; one alone, as mostly, is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _give_up(unfinished: int, answered: list[bool]) -> int:
    """Prints that time kept from their stage; no block then answered in full, since any of them may be concerned."""
    if unfinished:
        answered[:] = [False] * len(answered)
    return unfinished
