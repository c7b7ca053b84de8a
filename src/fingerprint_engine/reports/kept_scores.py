"""Scores of an evaluation's pairs, each kept on disk as soon as it is made."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.resources
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.evaluation import Plan, ScoreJournal
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import scores_that_decide
from fingerprint_engine.reports.kept_templates import Extracted
from fingerprint_engine.version import __version__

BATCH_ROWS = 256
"""Rows of one probe that are noted at a time: what a killed run may lose."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What came of the pairs.

    Attributes
    ----------
    score
        float64, one entry per pair; 0 where a print has no template.
    made
        How many were compared now; the others an earlier run had compared.
    seconds
        What that took.
    damaged_rows
        Rows of an earlier run that were damaged or cut off, and made again.
    goes_on
        Whether the folder held this run already, finished or not.
    """

    score: NDArray[np.float64]
    made: int
    seconds: float
    damaged_rows: int
    goes_on: bool


def compare_kept(
    plan: Plan, extracted: Extracted, path: Path, *, progress: Callable[[int, int], object], overwrite: bool
) -> Compared:
    """Scores of all pairs, going on with the journal of a killed run; `overwrite` begins that of another run anew."""
    failed, pairs = extracted.has_failed, plan.pairs
    with ScoreJournal(path, _run_digest(plan, extracted), len(pairs), overwrite=overwrite) as journal:
        failed_rows = journal.waiting[(failed[pairs.probe] | failed[pairs.reference])[journal.waiting]]
        journal.add(failed_rows, np.zeros(len(failed_rows)))
        waiting = journal.waiting
        progress(0, len(waiting))
        started = time.perf_counter()
        done = 0
        for probe in np.unique(pairs.probe[waiting]):
            rows = waiting[pairs.probe[waiting] == probe]
            matcher = Matcher(extracted.template(int(probe)))
            for start in range(0, len(rows), BATCH_ROWS):
                batch = rows[start : start + BATCH_ROWS]
                references = [extracted.template(int(other)) for other in pairs.reference[batch]]
                scores = matcher.scores(references)
                # As `verify` answers: of fewer minutiae than a match needs nothing is a match.
                minutiae = [len(reference) for reference in references]
                journal.add(batch, scores_that_decide(scores, len(matcher.probe), minutiae))
                done += len(batch)
                progress(done, len(waiting))
        return Compared(journal.score, len(waiting), time.perf_counter() - started, journal.dropped, journal.goes_on)


def _run_digest(plan: Plan, extracted: Extracted) -> str:
    """Changes with everything that the scores depend on."""
    digest = hashlib.sha256(f"{__version__};{list(plan.samples)!r};".encode())
    digest.update(importlib.resources.files("fingerprint_engine.matching").joinpath("score_model.json").read_bytes())
    for outcome in extracted.outcomes:
        digest.update(outcome.encode() if isinstance(outcome, str) else outcome.to_bytes())
    for column in (plan.pairs.probe, plan.pairs.reference):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:32]
