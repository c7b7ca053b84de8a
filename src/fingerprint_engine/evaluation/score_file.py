"""Score files: CSV, one row per comparison, the only thing from which error rates are computed."""

from __future__ import annotations

import csv
import math
from array import array
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.errors import InputError, LimitExceeded
from fingerprint_engine.evaluation.protocol import Sample
from fingerprint_engine.evaluation.score_table import ScoreTable
from fingerprint_engine.limits import SCORE_LIMITS, Limits
from fingerprint_engine.listings import opened_table
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.tables import csv_bytes, unguarded
from fingerprint_engine.whole_files import write_whole

COLUMNS = ("probe_finger", "probe_impression", "reference_finger", "reference_impression", "score", "failed")
MAX_SAMPLES = 1_000_000
"""Chosen: a sample takes 300 bytes of memory, and a million give more pairs than a file holds."""
FAILED = ("", "probe", "reference", "both")
"""What the last column says about failures to extract."""


def write_scores(path: str | Path, table: ScoreTable, *, overwrite: bool = False) -> None:
    """Write a score file whole or not at all. Scores are written so that reading gives the same bits back.

    Raises
    ------
    FileExistsError
        When there is such a file and `overwrite` is false.
    OSError
        When it cannot be written.
    """
    rows = []
    for probe, reference, score in zip(table.probe, table.reference, table.score, strict=True):
        first, second = table.samples[probe], table.samples[reference]
        failed = FAILED[int(table.has_failed[probe]) + 2 * int(table.has_failed[reference])]
        rows.append((first.finger, first.impression, second.finger, second.impression, float(score), failed))
    write_whole(path_of(path, "path"), csv_bytes(COLUMNS, rows), overwrite=overwrite)


def read_scores(path: str | Path, *, limits: Limits = SCORE_LIMITS) -> ScoreTable:
    """Read a score file.

    Parameters
    ----------
    path
        Of the file.
    limits
        What it may cost: its rows count as prints.

    Raises
    ------
    LimitExceeded
        When it has more bytes or rows than `limits` allow.
    InputError
        When the file is invalid: another header, a row of the wrong length, a score that is no number, a pair that
        occurs twice or a sample that failed in one row and not in another. The message names the file and the line.
    """
    source = path_of(path, "path")
    try:
        return _read(source, limits)
    except LimitExceeded:
        raise
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _read(path: Path, limits: Limits) -> ScoreTable:
    positions: dict[Sample, int] = {}
    failed: list[bool] = []
    columns: tuple[array[Any], ...] = array("i"), array("i"), array("d")
    with opened_table(path, limits) as found:
        lines = csv.reader(found, strict=True)
        try:
            if tuple(next(lines, ())) != COLUMNS:
                raise InputError(f"line 1: expected the columns {','.join(COLUMNS)}")
            for fields in lines:
                for column, value in zip(columns, _row(fields, lines.line_num, positions, failed), strict=True):
                    column.append(value)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"line {lines.line_num}: expected CSV in UTF-8 ({error})") from None
    probe, reference = (np.array(column, np.int32) for column in columns[:2])
    pairs = np.minimum(probe, reference).astype(np.int64) * len(positions) + np.maximum(probe, reference)
    if np.unique(pairs).size < pairs.size:
        raise InputError("expected each unordered pair once, found one twice")
    return ScoreTable(tuple(positions), probe, reference, np.array(columns[2]), np.array(failed, np.bool_))


def _row(fields: list[str], line: int, positions: dict[Sample, int], failed: list[bool]) -> tuple[int, int, float]:
    if len(fields) != len(COLUMNS):
        raise InputError(f"line {line}: expected {len(COLUMNS)} fields, got {len(fields)}")
    if fields[5] not in FAILED:
        raise InputError(f"line {line}: expected failed to be empty, probe, reference or both")
    try:
        score = float(fields[4])
    except ValueError:
        raise InputError(f"line {line}: expected a number as score") from None
    if not (math.isfinite(score) and score >= 0.0):
        raise InputError(f"line {line}: expected a finite score of 0 or more, got {score}")
    code = FAILED.index(fields[5])
    found = []
    labels = [unguarded(field) for field in fields[:4]]
    for sample, has_failed in ((Sample(*labels[:2]), bool(code & 1)), (Sample(*labels[2:]), bool(code & 2))):
        position = positions.setdefault(sample, len(positions))
        if position == len(failed):
            if position == MAX_SAMPLES:
                raise InputError(f"line {line}: expected at most {MAX_SAMPLES} samples")
            failed.append(has_failed)
        elif failed[position] != has_failed:
            raise InputError(f"line {line}: a sample is marked as failed in one row and not in another")
        found.append(position)
    return found[0], found[1], score
