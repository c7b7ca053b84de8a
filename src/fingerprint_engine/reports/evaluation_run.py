"""`run_evaluation`: from images with labels to error rates, everything kept as soon as it is made."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation import (
    Plan,
    Report,
    ScoreTable,
    Searches,
    SuggestedThreshold,
    read_scores,
    report,
    score_table,
    searches,
    suggested_thresholds,
    write_scores,
)
from fingerprint_engine.intake import ImageRules
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.reports.kept_scores import Compared, compare_kept
from fingerprint_engine.reports.kept_templates import Extracted, extract_kept

SCORES_NAME = "scores.csv"
JOURNAL_NAME = "scores.journal"
"""File in the output folder that keeps each score as soon as it is made."""
TEMPLATES_NAME = "templates"


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a run measured.

    Attributes
    ----------
    plan
        What was measured.
    rules
        How images were read.
    parameters
        Of extraction.
    workers
        Threads of extraction.
    extracted, compared
        Templates and scores, with what they cost.
    scores
        Path of the score file.
    table
        What it holds; all rates are computed from this.
    report
        Error rates of verification.
    searches
        Those of identification; None where the pairs hold no search.
    thresholds
        That keep false matches within usual limits.
    """

    plan: Plan
    rules: ImageRules
    parameters: PipelineParameters
    workers: int
    extracted: Extracted
    compared: Compared
    scores: Path
    table: ScoreTable
    report: Report
    searches: Searches | None
    thresholds: tuple[SuggestedThreshold, ...]

    @property
    def failures(self) -> tuple[tuple[Path, str], ...]:
        """Path of each image that gave no template, and why."""
        outcomes = zip(self.plan.images, self.extracted.outcomes, strict=True)
        return tuple((image.path, why) for image, why in outcomes if isinstance(why, str))

    def as_dict(self) -> dict[str, Any]:
        """The rates as plain numbers, for JSON."""
        found = self.searches
        identification = None
        if found is not None:
            identification = {
                "searches": len(found),
                "references": found.references,
                "cmc": [float(rate) for rate in found.cmc()],
                "fnir_at_fpir": {limit: found.fnir_at_fpir(float(limit)) for limit in ("0.1", "0.01", "0")},
            }
        thresholds = [dataclasses.asdict(one) for one in self.thresholds]
        found_all = {"identification": identification, "thresholds": thresholds, "scores": str(self.scores)}
        return self.report.as_dict() | found_all


def run_evaluation(
    plan: Plan,
    folder: str | Path,
    *,
    rng: np.random.Generator | None = None,
    replicates: int = 500,
    workers: int = 1,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    progress: Callable[[str, int, int], object] | None = None,
    overwrite: bool = False,
    keys: KeyRing | None = None,
    **rules: Unpack[ImageRules],
) -> Evaluation:
    """Extract, compare, write the score file, and compute error rates from it.

    Templates and scores are kept in `folder` as they are made: a run that was stopped goes on there, and one with other
    images, parameters or pairs makes anew what these change.

    Parameters
    ----------
    plan
        See `evaluation.plan_evaluation`.
    folder
        Of templates, scores and what a stopped run goes on with; created if absent.
    rng
        For intervals of the rates; without it there are none.
    replicates
        Of the bootstrap.
    workers
        Threads of extraction.
    parameters
        As in `extract`.
    progress
        Called with ``"extract"`` or ``"compare"``, with what is done and with all.
    overwrite
        Whether the score file and the journal of another run are replaced; those of this run always are.
    keys
        What the templates in `folder` are protected with; None: they are plain.
    rules
        As in `load_image`; a resolution that the plan states of an image goes before `ppi`.

    Raises
    ------
    InputError
        When no pair could be compared.
    FileExistsError
        When there is a score file, but not of this run, and `overwrite` is false.
    WrongKey
        When the templates there were protected with other keys.
    JournalError
        When there is the journal of another run and `overwrite` is false.
    OSError
        When the folder cannot be written.
    """
    target = path_of(folder, "folder")
    if not overwrite:
        _refuse_foreign(target)
    extracted = extract_kept(
        plan.images,
        target / TEMPLATES_NAME,
        rules,
        workers=workers,
        parameters=parameters,
        progress=_step("extract", progress),
        keys=keys,
    )
    _require_pairs(plan, extracted)
    told = _step("compare", progress)
    compared = compare_kept(plan, extracted, target / JOURNAL_NAME, progress=told, overwrite=overwrite)
    scores = target / SCORES_NAME
    table = _written(scores, plan, extracted, compared, overwrite=overwrite)
    rates = report(plan.name, table, rng, replicates=replicates)
    thresholds = suggested_thresholds(table, rng=rng, replicates=replicates)
    return Evaluation(
        plan, rules, parameters, workers, extracted, compared, scores, table, rates, searches(table), thresholds
    )


def _refuse_foreign(folder: Path) -> None:
    """Refuse a score file without a journal, before any work is done: nothing says that it is one of ours."""
    scores = folder / SCORES_NAME
    if os.path.lexists(scores) and not (folder / JOURNAL_NAME).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(scores))


def _step(name: str, progress: Callable[[str, int, int], object] | None) -> Callable[[int, int], object]:
    """What is told of one step."""
    return lambda done, total: None if progress is None else progress(name, done, total)


def _require_pairs(plan: Plan, extracted: Extracted) -> None:
    """Refuse to go on where no pair has a template on both sides."""
    failed = extracted.has_failed
    if (failed[plan.pairs.probe] | failed[plan.pairs.reference]).all():
        raise InputError(
            f"{plan.name}: no pair could be compared: {int(failed.sum())} of {len(failed)} images gave no template, "
            f"the first because of: {next(why for why in extracted.outcomes if isinstance(why, str))}"
        )


def _written(scores: Path, plan: Plan, extracted: Extracted, compared: Compared, *, overwrite: bool) -> ScoreTable:
    """Write the score file; the table is read from it, not taken from memory: whoever has it gets the same figures."""
    made = score_table(plan.samples, plan.pairs, compared.score, extracted.has_failed)
    write_scores(scores, made, overwrite=overwrite or compared.goes_on)
    return read_scores(scores)
