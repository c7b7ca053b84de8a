"""`write_segment`: prints of any blocks into one new file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.columns.details import bytes_hash
from fingerprint_engine.index.columns.mapped_pages import give_back
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.manifest import SegmentEntry, segment_name
from fingerprint_engine.index.storage.protection.sealed_columns import ColumnSeal, sealed_rows
from fingerprint_engine.index.storage.segments.segment_format import (
    COLUMNS,
    HEADER_SIZE,
    Extent,
    SegmentDigest,
    SegmentHeader,
    aligned,
    encode_segment_header,
    sketch_digest,
)

_PIECE_ROWS = 4096


def write_segment(folder: Path, file: FileHeader, views: Sequence[BlockView]) -> SegmentEntry:
    """Write the prints of `views` that count into one segment, in order, on the disk.

    Its name is only safe once the folder is synced, and it counts once a manifest names it.

    Raises
    ------
    OSError
        When it cannot be written; then nothing is left of it.
    """
    path = folder / segment_name(file.number)
    with durable_files.new_file(path) as descriptor:
        end, extents, digest = HEADER_SIZE, {}, SegmentDigest()
        columns = _columns(views)
        prints = columns["finger"].shape[0]
        seal = None if file.key is None else ColumnSeal(file, file.key, prints, sketch_digest())
        for name in COLUMNS:
            offset = aligned(end)
            digest.update(bytes(offset - end))
            pieces = _template_pieces(views) if name == "data" else iter([columns[name]])
            if seal is not None and name == "data":
                pieces = sealed_rows(pieces, np.diff(columns["offset"]), seal)
            elif seal is not None:
                pieces = iter([np.frombuffer(seal.seal(name, _bytes_of(columns[name], name)), np.uint8)])
            size, checksum = 0, 0
            for piece in pieces:
                data = _bytes_of(piece, name if seal is None else "data")
                durable_files.write_all(descriptor, data, offset + size)
                digest.update(data)
                size, checksum = size + len(data), zlib.crc32(data, checksum)
            extents[name] = Extent(offset, size, checksum)
            end = offset + size
        header = encode_segment_header(SegmentHeader(file, prints, sketch_digest(), extents))
        durable_files.write_all(descriptor, header, 0)
    return SegmentEntry(file.number, prints, end, digest.finish(header), key=file.key)


def _bytes_of(column: NDArray[Any], name: str) -> memoryview:
    """The bytes of a column, in its type."""
    return np.ascontiguousarray(column, COLUMNS[name]).reshape(-1).view(np.uint8).data


def _columns(views: Sequence[BlockView]) -> dict[str, NDArray[Any]]:
    """Every column but the templates."""
    chosen = [(view, np.flatnonzero(view.alive)) for view in views]
    columns: dict[str, NDArray[Any]] = {
        "sketches": np.concatenate([view.columns.sketches[rows] for view, rows in chosen])
    }
    sizes = [np.diff(view.columns.offset)[rows] for view, rows in chosen]
    columns["offset"] = _ends(np.concatenate(sizes))
    for name in ("finger", "impression", "quality", "minutiae", "expires", "subject"):
        columns[name] = np.concatenate([getattr(view.traits, name)[rows] for view, rows in chosen])
    words = {"": 0}
    for name in ("category", "site"):
        columns[name] = np.concatenate([_recoded(view, rows, name, words) for view, rows in chosen])
    columns["words"] = np.frombuffer(json.dumps(list(words), ensure_ascii=False).encode(), np.uint8)
    keys = [view.key(row).encode() for view, rows in chosen for row in rows.tolist()]
    subjects = [(view.names.stored_subject(row) or "").encode() for view, rows in chosen for row in rows.tolist()]
    for name, texts in (("key", keys), ("subject", subjects)):
        columns[name + "s"] = np.frombuffer(b"".join(texts), np.uint8)
        columns[name + "_offset"] = _ends(np.array([len(text) for text in texts], np.int64))
    hashes = np.array([bytes_hash(key) for key in keys], np.uint64)
    for name, values in (("key", hashes), ("subject", columns["subject"])):
        order = np.argsort(values, kind="stable")
        columns[name + "_sorted"], columns[name + "_row"] = values[order], order
    return columns


def _template_pieces(views: Sequence[BlockView]) -> Iterator[NDArray[np.uint8]]:
    for view in views:
        rows = np.flatnonzero(view.alive)
        data, offset = view.columns.data, view.columns.offset
        for begin in range(0, rows.size, _PIECE_ROWS):
            piece = rows[begin : begin + _PIECE_ROWS]
            if view.columns.sealed is not None:
                yield np.frombuffer(b"".join(view.columns.template_bytes(row) for row in piece.tolist()), np.uint8)
            elif piece[-1] - piece[0] + 1 == piece.size:  # a run without gaps
                yield data[offset[piece[0]] : offset[piece[-1] + 1]]
            else:
                yield np.concatenate([data[offset[row] : offset[row + 1]] for row in piece])
        give_back(data)  # every page of it was read, and none is needed again soon


def _recoded(view: BlockView, rows: NDArray[np.int64], name: str, words: dict[str, int]) -> NDArray[np.uint32]:
    """Codes of words in the new file's list, to which new words are added."""
    found, places = np.unique(getattr(view.traits, name)[rows], return_inverse=True)
    codes = [words.setdefault(view.names.words[int(code)], len(words)) for code in found]
    return np.array(codes, np.uint32)[places] if codes else np.zeros(0, np.uint32)


def _ends(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    offset = np.zeros(sizes.size + 1, np.int64)
    np.cumsum(sizes, out=offset[1:])
    return offset
