"""A fuzzer of galleries: bytes of tables, columns, records and heads, members of the manifest; checksums are right."""

from __future__ import annotations

import copy
import random
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.robustness.forged_files import forge_segment, manifest_document, write_manifest, write_segment
from tests.robustness.test_forged_galleries import forged_template, is_refused, original, write_log
from tests.unit.index.gallery_files import head_of_log, segments_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.index.storage.file_header import HEADER_SIZE as FILE_HEADER_SIZE
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.segments.segment_format import COLUMNS, HEADER_SIZE

__all__ = ["original"]


@pytest.mark.parametrize("seed", range(6))
def test_mutated_fields_with_right_checksums_give_answers_or_typed_errors(
    original: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    refused = 0
    for number in range(25):
        folder = Path(shutil.copytree(original, tmp_path / str(number)))
        rng.choice([mutate_manifest, mutate_table, mutate_column, mutate_records, mutate_head])(folder, rng)
        refused += is_refused(folder)
    assert refused > 10


ODD = [0, 1, -1, 255, 1 << 31, (1 << 63) - 1, 1 << 64, 0.5, "", "x" * 5000, None, True, [], {}, [[]], "\udc00", -1e308]


def mutate_manifest(folder: Path, rng: random.Random) -> None:
    document = manifest_document(folder)
    place: Any = document
    while True:
        name = rng.choice(list(place) if isinstance(place, dict) else list(range(len(place))))
        if isinstance(place[name], dict | list) and place[name] and rng.random() < 0.8:
            place = place[name]
        else:
            break
    place[name] = copy.deepcopy(rng.choice(ODD))
    write_manifest(folder, document)


def mutate_table(folder: Path, rng: random.Random) -> None:
    path = segments_of(folder)[0]
    data = bytearray(path.read_bytes())
    at = rng.randrange(FILE_HEADER_SIZE, HEADER_SIZE - 8) & ~3
    data[at : at + 4] = struct.pack("<I", rng.choice([0, 1, 7, 64, 1 << 31, (1 << 32) - 1]))
    write_segment(path, data)


def mutate_column(folder: Path, rng: random.Random) -> None:
    name = rng.choice(list(COLUMNS))

    def change(columns: dict[str, np.ndarray]) -> None:
        values = columns[name].view(np.uint8)
        for _ in range(rng.randrange(1, 4)):
            values[rng.randrange(values.size)] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])

    forge_segment(segments_of(folder)[0], change)


def mutate_records(folder: Path, rng: random.Random) -> None:
    key = rng.choice(["late", "k2", "\0", "k" * 1024])
    template = bytearray(random_print(50, 12).to_bytes())
    at = rng.randrange(len(template) - 4)
    template[at] = rng.randrange(256)
    forged = forged_template(bytes(template), lambda data: None)
    details = rng.choice([b"", bytes(10), bytes([255] * 10), b"\1\0\0\0\0\0" + struct.pack("<i", 5) + b"\xff"])
    write_log(folder, [Record(key, forged, details), Record("k3", None)])


def mutate_head(folder: Path, rng: random.Random) -> None:
    path = head_of_log(folder)
    data = bytearray(path.read_bytes())
    at = rng.randrange(FILE_HEADER_SIZE, FILE_HEADER_SIZE + 40) & ~3
    data[at : at + 4] = struct.pack("<I", rng.choice([0, 1, 1 << 31, (1 << 32) - 1]))
    end = FILE_HEADER_SIZE + 40
    data[end : end + 4] = struct.pack("<I", zlib.crc32(data[:end]))
    path.write_bytes(data)
