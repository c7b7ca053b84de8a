"""Bulk extraction where an executor works: files in, templates or the reasons why there are none out, in their order.

Workers reach the files by the same names; what comes back are templates. A journal keeps them, so that a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cluster.executors import Executor, Lost, itself
from fingerprint_engine.errors import FailureReason, FingerprintEngineError, GalleryError, InputError, JournalError
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.shared_files.journal import Journal
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__

PIECE_FILES = 8
"""Chosen: half a second of work, beside which a message is nothing."""
_PIECES_AT_ONCE = 4
"""Chosen: of each worker; a call of all of them ends with some workers idle."""
Outcome = tuple[str, Template | ExtractionFailure]


def extract_on(
    executor: Executor,
    paths: Sequence[tuple[str, str]],
    *,
    workers: int = 2,
    ppi: float | None = None,
    journal: str | Path | None = None,
) -> Iterator[Outcome]:
    """Make templates of many image files; as `extract_many`.

    Parameters
    ----------
    executor
        Where to work.
    paths
        Key of each image, and its file as workers see it.
    workers
        How many the executor has; templates do not depend on it.
    ppi
        As in `load_image`.
    journal
        A file that keeps the templates as they come.

    Raises
    ------
    InputError
        When there are no workers.
    JournalError
        When the journal is of other files, another resolution or release, or cannot be kept.
    GalleryError
        When workers are lost for good; what is in the journal counts.
    """
    if workers < 1:
        raise InputError(f"workers: expected at least 1, got {workers}")
    made = [__version__, DEFAULT_PARAMETERS.digest().hex(), ppi, [list(pair) for pair in paths]]
    digest = hashlib.blake2b(json.dumps(made).encode(), digest_size=16).hexdigest()
    with contextlib.ExitStack() as stack:
        kept, done = None, list[Outcome]()
        if journal is not None:
            path = path_of(journal, "journal")
            head = json.dumps({"extraction": 1, "files": digest}).encode()
            kept = stack.enter_context(Journal.of_run(path, head, "other files, another resolution or release"))
            done = [_read(path, line) for line in kept.lines]
        if [key for key, _ in done] != [key for key, _ in paths[: len(done)]]:
            raise JournalError(f"{journal}: the journal of other files")
        yield from done
        for outcomes in _batches(executor, paths[len(done) :], workers, ppi):
            if kept is not None:
                kept.append([_line(key, outcome) for key, outcome in outcomes])
            yield from ((key, _template(outcome)) for key, outcome in outcomes)


def extracted(
    place: str, paths: Sequence[tuple[str, str]], ppi: float | None
) -> list[tuple[str, bytes | ExtractionFailure]]:
    """What a worker does with some files."""
    del place
    return [
        (key, outcome.to_bytes() if isinstance(outcome, Template) else outcome)
        for key, outcome in extract_many(paths, ppi=ppi)
    ]


def _batches(
    executor: Executor, paths: Sequence[tuple[str, str]], workers: int, ppi: float | None
) -> Iterator[list[tuple[str, bytes | ExtractionFailure]]]:
    places: list[Any] = [executor.load(itself, str(number)) for number in range(workers)]
    size = workers * _PIECES_AT_ONCE * PIECE_FILES
    for begin in range(0, len(paths), size):
        batch = paths[begin : begin + size]
        pieces = [batch[at : at + PIECE_FILES] for at in range(0, len(batch), PIECE_FILES)]
        here = [place for place, _ in zip(itertools.cycle(places), pieces, strict=False)]
        answers = executor.call(extracted, here, [(piece, ppi) for piece in pieces], math.inf)
        for answer in answers:
            if isinstance(answer, Lost):
                raise GalleryError(f"worker: {answer.reason}; with a journal, the run can go on")
            yield answer


def _template(outcome: bytes | ExtractionFailure) -> Template | ExtractionFailure:
    return outcome if isinstance(outcome, ExtractionFailure) else Template.from_bytes(outcome)


def _line(key: str, outcome: bytes | ExtractionFailure) -> bytes:
    if isinstance(outcome, bytes):
        return json.dumps({"key": key, "template": base64.b64encode(outcome).decode()}).encode()
    failed = {"reason": outcome.reason.value, "detail": outcome.detail, "measures": dict(outcome.measures)}
    return json.dumps({"key": key, **failed}).encode()


def _read(path: Path, line: bytes) -> Outcome:
    """An outcome that an earlier run kept; the template is checked like any other."""
    try:
        found = json.loads(line)
        key = str(found["key"])
        if "template" in found:
            return key, Template.from_bytes(base64.b64decode(found["template"], validate=True))
        measures = {str(name): float(value) for name, value in found["measures"].items()}
        return key, ExtractionFailure(key, FailureReason(found["reason"]), str(found["detail"]), measures)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, FingerprintEngineError):
        raise JournalError(f"{path}: a line is not of a journal of extraction") from None
