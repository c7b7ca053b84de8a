"""Files of a folder of synthetic prints: PNG images, MANIFEST.csv, MINUTIAE.csv."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from fingerprint_engine.errors import InputError, LimitExceeded
from fingerprint_engine.listings import opened_table
from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.synthesis.impressions.impression import SyntheticImpression
from fingerprint_engine.text.tables import csv_bytes, unguarded
from fingerprint_engine.whole_files import SHARED, write_whole

MANIFEST_NAME = "MANIFEST.csv"
MINUTIAE_NAME = "MINUTIAE.csv"


@dataclasses.dataclass(frozen=True, slots=True)
class SampleRecord:
    """One line of MANIFEST.csv: a file and what it shows.

    Parameters
    ----------
    file
        Name in the folder, ``FINGER_IMPRESSION.png``.
    finger, impression
        The two parts of the name; prints of one finger have the same `finger`.
    position, pattern
        Name of the `Finger` and of the `PatternClass`; empty for what is no finger.
    ppi
        True resolution.
    kind
        ``fingerprint``, ``poor fingerprint`` or ``not a fingerprint``.
    seed
        Seed of the population.
    sha256
        Of the file, hexadecimal.
    """

    file: str
    finger: str
    impression: int
    position: str
    pattern: str
    ppi: float
    kind: str
    seed: int
    sha256: str


def prepare_folder(folder: Path | str) -> Path:
    """Make the folder if it is missing.

    Raises
    ------
    InputError
        When it cannot be made or is a file.
    """
    path = path_of(folder, "folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"folder: expected a folder that exists or can be made, got {path} ({error.strerror})"
        ) from error
    return path


def write_image(folder: Path, name: str, image: FingerprintImage, *, overwrite: bool) -> str:
    """Write an image as an 8-bit grey PNG that states its resolution (chunk pHYs); return the SHA-256 of the file."""
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(image.pixels)).save(buffer, "PNG", dpi=(image.ppi, image.ppi), optimize=True)
    write_whole(folder / name, buffer.getvalue(), overwrite=overwrite, mode=SHARED)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def write_manifest(folder: Path, records: Iterable[SampleRecord], *, overwrite: bool) -> None:
    """Write MANIFEST.csv."""
    names = [field.name for field in dataclasses.fields(SampleRecord)]
    rows = [[f"{v:g}" if isinstance(v, float) else str(v) for v in dataclasses.astuple(record)] for record in records]
    write_whole(folder / MANIFEST_NAME, csv_bytes(names, rows), overwrite=overwrite, mode=SHARED)


def read_manifest(folder: Path | str) -> list[SampleRecord]:
    """Read MANIFEST.csv of a folder.

    Raises
    ------
    InputError
        When the file is missing or is not such a table.
    """
    path = path_of(folder, "folder") / MANIFEST_NAME
    names = [field.name for field in dataclasses.fields(SampleRecord)]
    try:
        with opened_table(path) as stream:
            rows = list(csv.reader(stream))
    except LimitExceeded:
        raise
    except (OSError, InputError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"manifest: expected a readable {MANIFEST_NAME} in the folder, got {path}") from error
    if not rows or rows[0] != names:
        raise InputError(f"manifest: expected the columns {', '.join(names)} in {path}, got {rows[:1]}")
    records = []
    for number, row in enumerate(rows[1:], start=2):
        try:
            file, finger, impression, position, pattern, ppi, kind, seed, sha256 = map(unguarded, row)
            records.append(
                SampleRecord(file, finger, int(impression), position, pattern, float(ppi), kind, int(seed), sha256)
            )
        except ValueError as error:
            raise InputError(f"manifest: line {number} of {path} is not a record ({error})") from error
    return records


def minutia_rows(name: str, impression: SyntheticImpression) -> list[list[str]]:
    """Lines of MINUTIAE.csv for one image: file, id on the finger, x, y (pixels at 500 ppi), direction (rad), kind."""
    minutiae = impression.minutiae
    return [
        [
            name,
            str(int(impression.minutia_ids[i])),
            f"{minutiae.x[i]:.2f}",
            f"{minutiae.y[i]:.2f}",
            f"{minutiae.direction[i]:.4f}",
            MinutiaKind(int(minutiae.kind[i])).name.lower(),
        ]
        for i in range(len(minutiae))
    ]


def write_minutiae(folder: Path, rows: Iterable[list[str]], *, overwrite: bool) -> None:
    """Write MINUTIAE.csv."""
    names = ["file", "id", "x_px_500ppi", "y_px_500ppi", "direction_rad", "kind"]
    write_whole(folder / MINUTIAE_NAME, csv_bytes(names, rows), overwrite=overwrite, mode=SHARED)
