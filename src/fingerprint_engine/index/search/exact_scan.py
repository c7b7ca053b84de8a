"""The exact scan: every eligible print is compared, nothing is left out."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.print_columns import PrintColumns, give_back_pages
from fingerprint_engine.index.search.scan import DAMAGED, OUT_OF_TIME, Scan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch
from fingerprint_engine.template.native_batch import batch_of_natives
from fingerprint_engine.threads import in_order

_PIECE = 256
Rows = NDArray[np.int64]


def exact_scan(
    probe: Template,
    blocks: Sequence[PrintColumns],
    eligible: Sequence[NDArray[np.bool_]],
    until: float = np.inf,
    workers: int = 1,
) -> Scan:
    """Compare the probe with every eligible print; arguments and answer as `staged_scan`."""
    matcher = Matcher(probe)
    pieces = [
        (number, rows[begin : begin + _PIECE])
        for number, rows in enumerate(np.flatnonzero(mask) for mask in eligible)
        for begin in range(0, rows.size, _PIECE)
    ]

    def compare(piece: tuple[int, Rows]) -> tuple[Rows, Rows, NDArray[np.float64]]:
        number, wanted = piece
        rows, batch = sound_batch(blocks[number], wanted)
        give_back_pages(blocks)
        return np.full(rows.size, number), rows, matcher.scores(batch)

    found = list(in_order(compare, pieces, workers=workers, ahead=len(pieces), deadline=until))
    in_time, too_late = pieces[: len(found)], pieces[len(found) :]
    damaged = sum(wanted.size for _, wanted in in_time) - sum(rows.size for _, rows, _ in found)
    late = sum(wanted.size for _, wanted in too_late)
    answered = [True] * len(blocks)
    for number, _ in too_late:
        answered[number] = False
    block, row, score = (np.concatenate(column) for column in zip(*found, strict=True)) if found else _NOTHING
    hits = score > 0.0
    excluded = {reason: count for reason, count in ((OUT_OF_TIME, late), (DAMAGED, damaged)) if count}
    return Scan(block[hits], row[hits], score[hits], row.size, row.size, excluded, tuple(answered))


def sound_batch(columns: PrintColumns, rows: Rows) -> tuple[Rows, TemplateBatch]:
    """Those of some rows whose checksum is right, and their templates packed."""
    kept = np.array([row for row in rows.tolist() if is_sound(columns.template_bytes(row))], np.int64)
    return kept, batch_of_natives(columns.data, columns.offset, kept)


def is_sound(native: bytes) -> bool:
    """Whether the checksum of a native template is right."""
    return len(native) > 4 and zlib.crc32(native[:-4]) == int.from_bytes(native[-4:], "little")


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
