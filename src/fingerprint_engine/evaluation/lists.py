"""CSV lists: of images, and of the pairs to compare. Every complaint names the line."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.protocol import Pairs, Sample
from fingerprint_engine.listings import read_table
from fingerprint_engine.regular_files import path_of

IMAGE_COLUMNS = ("path", "finger", "impression")
PAIR_COLUMNS = ("probe", "reference")
MAX_NAMED = 5


@dataclasses.dataclass(frozen=True, slots=True)
class ListedImage:
    """One image of an evaluation; `ppi` is None where nothing states it."""

    sample: Sample
    path: Path
    ppi: float | None = None


def read_image_list(path: str | Path) -> list[ListedImage]:
    """Images of a CSV file with the columns path, finger, impression and, if wanted, ppi; paths relative to it.

    Raises
    ------
    InputError
        When columns are missing, a file does not exist, a sample or a file comes twice, or a field cannot be used.
    """
    source = path_of(path, "path")
    images: list[ListedImage] = []
    complaints: list[str] = []
    seen: dict[Sample, int] = {}
    for line, row in _rows(source, IMAGE_COLUMNS, ("ppi",)):
        try:
            sample = Sample(row["finger"].strip(), row["impression"].strip())
            ppi = _ppi(row.get("ppi") or "")
        except InputError as error:
            complaints.append(f"line {line}: {error}")
            continue
        file = source.parent / row["path"].strip()
        if sample in seen:
            complaints.append(f"line {line}: same finger and impression as line {seen[sample]}")
        elif not file.is_file():
            complaints.append(f"line {line}: no such file: {row['path']}")
        seen.setdefault(sample, line)
        images.append(ListedImage(sample, file, ppi))
    _complain(source, complaints)
    return images


def read_pair_list(path: str | Path, images: Sequence[ListedImage]) -> Pairs:
    """Pairs of a CSV file with the columns probe and reference, each a file name of `images`.

    A name is that of the file, with or without its folder; where a name occurs in several folders, the folder is
    needed.

    Raises
    ------
    InputError
        When columns are missing, a name is unknown or ambiguous, an image meets itself, or a pair comes twice.
    """
    source = path_of(path, "path")
    by_name: dict[str, set[int]] = {}
    for position, image in enumerate(images):
        for name in {image.path.name, str(image.path), str(image.path.resolve())}:
            by_name.setdefault(name, set()).add(position)
    found: list[tuple[int, int]] = []
    seen: dict[frozenset[int], int] = {}
    complaints: list[str] = []
    for line, row in _rows(source, PAIR_COLUMNS):
        ends: list[int] = []
        for column in PAIR_COLUMNS:
            name = row[column].strip()
            match = by_name.get(name) or by_name.get(str((source.parent / name).resolve())) or set()
            if len(match) == 1:
                ends.append(next(iter(match)))
            else:
                complaints.append(f"line {line}: {'ambiguous' if match else 'no such image'}: {name}")
        if len(ends) != 2:
            continue
        if ends[0] == ends[1]:
            complaints.append(f"line {line}: an image compared with itself")
        elif frozenset(ends) in seen:
            complaints.append(f"line {line}: same pair as line {seen[frozenset(ends)]}")
        seen.setdefault(frozenset(ends), line)
        found.append((ends[0], ends[1]))
    _complain(source, complaints)
    columns = np.array(found, dtype=np.int32)
    labels = [image.sample.finger for image in images]
    is_mated = np.array([labels[a] == labels[b] for a, b in found], dtype=np.bool_)
    return Pairs(columns[:, 0].copy(), columns[:, 1].copy(), is_mated)


def _rows(source: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[tuple[int, dict[str, str]]]:
    try:
        return read_table(source, required, optional)
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror or error}") from None


def _ppi(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0.0):
        raise InputError("ppi: expected a number above 0")
    return value


def _complain(source: Path, complaints: list[str]) -> None:
    if complaints:
        rest = len(complaints) - MAX_NAMED
        more = f"; and {rest} more" if rest > 0 else ""
        raise InputError(f"{source}: {'; '.join(complaints[:MAX_NAMED])}{more}")
