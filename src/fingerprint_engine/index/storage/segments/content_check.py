"""Looking at all of a segment: that its templates are valid and that what its other columns say of them is true.

Whoever writes a file writes its checksums as well. So a segment that this installation did not make itself is looked at
wholly before it is searched: a forged key, sketch or finger would hide a print, or show another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.block import BlockView, PrintColumns
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.index.storage.segments.segment_format import HEADER_SIZE, SegmentDigest
from fingerprint_engine.index.storage.template_check import check_templates
from fingerprint_engine.template.native.format import facts_of
from fingerprint_engine.template.sketches import sketch_many

_PIECE_ROWS, _PIECE_BYTES = 4096, 1 << 24


def check_content(segment: Segment) -> list[int]:
    """Check that a segment is what a gallery of ours could have written.

    Returns
    -------
    list
        Rows whose templates are damaged: their checksum is wrong, so that a search steps over them and says so.

    Raises
    ------
    CorruptGallery
        When anything that its checksum says is sound is false: names file, column and how many rows.
    """
    view = segment.view()
    data, offset = view.columns.all_natives()
    damaged = check_templates(data, offset, str(segment.path))
    sound = np.ones(len(view.columns), np.bool_)
    sound[damaged] = False
    _check_names(segment, view)
    opened = PrintColumns(view.columns.sketches, data, offset)
    _check_derived(segment, view._replace(columns=opened), sound)
    return damaged


def require_digest(segment: Segment) -> None:
    """Check that the file is byte for byte the one that the manifest names.

    Raises
    ------
    CorruptGallery
    """
    digest = SegmentDigest()
    data = segment.file.data
    for begin in range(HEADER_SIZE, data.size, _PIECE_BYTES):
        digest.update(data[begin : begin + _PIECE_BYTES].data)
    if digest.finish(data[:HEADER_SIZE].tobytes()) != segment.entry.digest:
        raise CorruptGallery(f"{segment.path}: it is not byte for byte the file that the manifest names")


def _check_names(segment: Segment, view: BlockView) -> None:
    """Keys and subjects are text, and their hashes and their order are theirs."""
    keys, subjects = [], []
    try:
        for row in range(len(view.columns)):
            key = view.names.key(row)
            keys.append(text_hash(key))
            subjects.append(text_hash(view.names.stored_subject(row) or key))
    except UnicodeDecodeError:
        raise CorruptGallery(f"{segment.path}: row {len(keys)}: expected key and subject in UTF-8") from None
    _require(segment, "subject", view.traits.subject == np.array(subjects, np.uint64))
    for name, hashes in (("key", keys), ("subject", subjects)):
        rows = segment.column(f"{name}_row").astype(np.int64)
        _require(segment, f"{name}_row", np.sort(rows) == np.arange(rows.size))
        _require(segment, f"{name}_sorted", segment.column(f"{name}_sorted") == np.array(hashes, np.uint64)[rows])
    alive = np.flatnonzero(view.alive)
    if np.unique(np.array(keys, np.uint64)[alive]).size < alive.size:
        counting = [view.key(row) for row in alive.tolist()]
        if len(set(counting)) < len(counting):
            raise CorruptGallery(f"{segment.path}: {len(counting) - len(set(counting))} keys are enrolled twice")


def _check_derived(segment: Segment, view: BlockView, sound: NDArray[np.bool_]) -> None:
    """Traits and sketches are those of the templates, which were all made with the same parameters."""
    columns = view.columns
    facts = [facts_of(columns.template_bytes(row)) for row in np.flatnonzero(sound).tolist()]
    if len({fact.made_with.digest for fact in facts}) > 1:
        raise CorruptGallery(f"{segment.path}: templates that were made with different parameters")
    for name in ("finger", "impression", "quality", "minutiae"):
        found = np.array([getattr(fact, name) for fact in facts], np.uint8)
        _require(segment, name, getattr(view.traits, name)[sound] == found)
    for begin in range(0, len(columns), _PIECE_ROWS):
        end = min(begin + _PIECE_ROWS, len(columns))
        made = sketch_many(columns.data, columns.offset[begin : end + 1])
        same = (columns.sketches[begin:end] == made).all(axis=1)
        _require(segment, "sketches", same | ~sound[begin:end])


def _require(segment: Segment, column: str, is_right: NDArray[np.bool_]) -> None:
    wrong = int(is_right.size - np.count_nonzero(is_right))
    if wrong:
        raise CorruptGallery(f"{segment.path}: column {column}: {wrong} rows do not fit the prints")
