"""`Matcher`, `compare`, `compare_many`, `verify`: the matching recipe.

pack        columns of both templates                                        template.batch
1 local     every minutia with every other, by counting bits                 kernels.local
2 relax     the best pairs support each other; the rest may be rejected here  kernels.relaxation
3 align     partners, the motion of most, the stretch that it leaves         kernels.partners, alignment, stretch
4 evidence  for and against, in the overlap of both prints only              kernels.evidence
5 fuse      one raw score, calibrated to a false match rate                  kernels.fusion
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError, ParameterError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching.comparison import Comparison, Verification, fmr_of_score, may_decide
from fingerprint_engine.matching.kernels.comparison import ALIGNED, gather_many, screen_many
from fingerprint_engine.matching.kernels.evidence import CONTRADICTED
from fingerprint_engine.matching.kernels.fusion import TERMS, fuse_many
from fingerprint_engine.matching.kernels.layout import EVIDENCE, Motion, Scratch
from fingerprint_engine.matching.model import ScoreModel, default_model
from fingerprint_engine.matching.parameters import MatchingParameters, settings_of, tables_of
from fingerprint_engine.matching.spare_scratch import give_back, take_scratch
from fingerprint_engine.matching.work_pieces import BYTES_PER_MINUTIA, MAX_WORK, pieces_by_work, work_of_sizes
from fingerprint_engine.template.batch import Columns, TemplateBatch, packed
from fingerprint_engine.template.resolution import period_ratio
from fingerprint_engine.template.template import Template
from fingerprint_engine.text.shown import brief

_DEFAULT_PARAMETERS = MatchingParameters()


class Matcher:
    """One probe, prepared to be compared with many references. Safe to share between threads.

    Parameters
    ----------
    probe
        The template to compare.
    parameters
        How to compare; the calibration of the scores holds for the defaults.
    model
        Weights and calibration; None for the ones that ship with the package.
    """

    def __init__(
        self, probe: Template, parameters: MatchingParameters = _DEFAULT_PARAMETERS, model: ScoreModel | None = None
    ) -> None:
        self.probe = probe
        self.parameters = parameters
        self.model = default_model() if model is None else model
        self._probe = packed(probe)
        if not isinstance(parameters, MatchingParameters):
            raise ParameterError(f"parameters: expected MatchingParameters, got {type(parameters).__name__}")
        self._settings = settings_of(parameters)
        self._tables = tables_of(parameters)

    def score(self, reference: Template) -> float:
        """Calibrated score against one reference; see `compare`."""
        return float(self.scores([reference])[0])

    def scores(self, references: Iterable[Template] | TemplateBatch) -> NDArray[np.float64]:
        """Calibrated scores against many references; float64, shape (n,); see `compare_many`."""
        return self._fuse(*self.gather(references))

    def compare(self, reference: Template) -> Comparison:
        """Compare with one reference and say why; see `compare`."""
        batch = packed(reference)
        stages, evidence, scratch = self._gather(batch)
        (score,), (record,) = self._fuse(stages, evidence), evidence
        # The template with the smaller key played the probe; see `gather_many`.
        swapped = bool(self._probe.columns.key[0] > batch.columns.key[0])
        ratio = period_ratio(self.probe.median_period_px, reference.median_period_px)
        counts = len(self.probe), len(reference)
        comparison = _explain(float(score), int(stages[0]), record, scratch, swapped, counts, ratio)
        give_back(scratch)
        return comparison

    def gather(self, references: Iterable[Template] | TemplateBatch) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """The evidence behind the scores, for fitting and for research.

        Returns
        -------
        stages
            int64, shape (n,): 0 nothing to compare, 1 rejected early, 2 aligned.
        evidence
            shape (n,), records with the float64 fields of `EVIDENCE`; 0 what the comparison did not come to.
        """
        stages, evidence, scratch = self._gather(_batch_of(references))
        give_back(scratch)
        return stages, evidence

    def supports(self, references: TemplateBatch) -> NDArray[np.float64]:
        """How far minutiae of the references support each other as partners of the probe's, by cylinders alone.

        A cheap order for long lists, no score: it is not calibrated and not symmetric. Texture words and keys of the
        batch are not read.

        Returns
        -------
        float64, shape (n,), 0 where there is nothing to compare.
        """
        self._require_same_parameters(references)
        supported = np.zeros(len(references))
        scratch = self._scratch(references)
        for run, columns in self._pieces(references):
            screen_many(  # type: ignore[no-untyped-call]
                self._probe.columns, columns, self._settings, self._tables, scratch, supported[run]
            )
        give_back(scratch)
        return supported

    def _require_same_parameters(self, batch: TemplateBatch) -> None:
        if not isinstance(batch, TemplateBatch):
            raise InputError(f"references: expected a TemplateBatch, got {type(batch).__name__}")
        if batch.making is not None and self._probe.making is not None:
            self._probe.making.require_same(batch.making, ("probe", "reference"))

    def _scratch(self, batch: TemplateBatch) -> Scratch:
        first = batch.columns.first
        largest = np.maximum.reduce(first[1:] - first[:-1], initial=len(self.probe))
        return take_scratch(int(largest), self.parameters.max_pairs)

    def _gather(self, batch: TemplateBatch) -> tuple[NDArray[np.int64], NDArray[np.void], Scratch]:
        self._require_same_parameters(batch)
        count, scratch = len(batch), self._scratch(batch)
        stages, evidence = np.zeros(count, np.int64), np.zeros(count, EVIDENCE)
        for run, columns in self._pieces(batch):
            gather_many(  # type: ignore[no-untyped-call]
                self._probe.columns, columns, self._settings, self._tables, scratch, stages[run], evidence[run]
            )
        return stages, evidence, scratch

    def _pieces(self, batch: TemplateBatch) -> Iterator[tuple[slice, Columns]]:
        """Runs of the templates of a batch, between which whoever waits can interrupt."""
        columns, count = batch.columns, len(batch)
        whole = BYTES_PER_MINUTIA * int(columns.first[-1]) + int(columns.first_cell[-1])
        if count < 2 or whole * len(self.probe) <= MAX_WORK * BYTES_PER_MINUTIA:
            yield slice(0, count), columns
            return
        size = BYTES_PER_MINUTIA * np.diff(columns.first) + np.diff(columns.first_cell)
        for run in pieces_by_work(work_of_sizes(len(self.probe), size), count):
            yield run, columns.rows(run)

    def _fuse(self, stages: NDArray[np.int64], evidence: NDArray[np.void]) -> NDArray[np.float64]:
        model, count = self.model, stages.shape[0]
        raw, score = np.empty(count), np.empty(count)
        terms = np.empty(len(TERMS))
        fuse_many(  # type: ignore[no-untyped-call]
            stages, evidence, model.with_flow, model.without_flow, model.ceiling, terms, raw, score
        )
        return score


def _batch_of(references: Iterable[Template] | TemplateBatch) -> TemplateBatch:
    if isinstance(references, TemplateBatch):
        return references
    if isinstance(references, Template) or not isinstance(references, Iterable):
        raise InputError(f"references: expected several templates, got {type(references).__name__}")
    return TemplateBatch.of(references)


def compare(probe: Template, reference: Template, parameters: MatchingParameters = _DEFAULT_PARAMETERS) -> Comparison:
    """Compare two templates.

    The score is symmetric, does not change when a print is shifted or turned as a whole (beyond the rounding of stored
    positions), is never NaN, and is 0 when either template has fewer than two minutiae.

    Raises
    ------
    IncompatibleTemplates
        When the templates were made with different parameters.
    InputError
        When either is no template.
    """
    return Matcher(probe, parameters).compare(reference)


def compare_many(
    probe: Template,
    references: Iterable[Template] | TemplateBatch,
    parameters: MatchingParameters = _DEFAULT_PARAMETERS,
) -> NDArray[np.float64]:
    """Scores of one probe against many references, exactly those that `compare` gives; float64, shape (n,).

    Raises
    ------
    IncompatibleTemplates
        When any of the templates was made with different parameters.
    """
    return Matcher(probe, parameters).scores(references)


def verify(
    probe: Template,
    reference: Template,
    *,
    max_fmr: float = 1e-4,
    parameters: MatchingParameters = _DEFAULT_PARAMETERS,
) -> Verification:
    """Decide whether two templates are of one finger, at a false match rate of at most `max_fmr`.

    Prints of fewer than `MIN_MATCH_MINUTIAE` minutiae never match; see `Verification.is_decidable`.

    Raises
    ------
    ParameterError
        When `max_fmr` is not between 0 (excluded) and 1.
    IncompatibleTemplates
        When the templates were made with different parameters.
    """
    if isinstance(max_fmr, bool) or not isinstance(max_fmr, int | float) or not 0.0 < max_fmr <= 1.0:
        raise ParameterError(f"max_fmr: expected a number above 0 and at most 1, got {brief(max_fmr)}")
    comparison = compare(probe, reference, parameters)
    is_decidable = may_decide(len(probe), len(reference))
    is_match = is_decidable and comparison.score > 0.0 and comparison.fmr <= max_fmr
    return Verification(is_match, is_decidable, comparison.score, comparison.fmr, float(max_fmr), comparison)


def _explain(
    score: float,
    stage: int,
    evidence: np.void,
    scratch: Scratch,
    swapped: bool,
    counts: tuple[int, int],
    ratio: float | None,
) -> Comparison:
    named: dict[str, float] = dict(zip(EVIDENCE.names or (), evidence.item(), strict=True))
    if swapped:
        for first, second in (("overlap_probe", "overlap_reference"), ("cells_probe", "cells_reference")):
            named[first], named[second] = named[second], named[first]
    compared_a, compared_b = scratch.compared.tolist()
    compared = (compared_b, compared_a) if swapped else (compared_a, compared_b)
    nothing = np.zeros(0, np.int32)
    pairs, marked, transform = np.zeros((0, 2), np.int32), [nothing, nothing], None
    if stage == ALIGNED:
        count_a, count_b = reversed(counts) if swapped else counts
        pairs = scratch.matched[:, : int(scratch.matches[0])].T.astype(np.int32)
        status = (scratch.status_a[:count_a], scratch.status_b[:count_b])
        marked = [(column == CONTRADICTED).nonzero()[0].astype(np.int32) for column in status]
        transform = _rigid(Motion(*scratch.motion.tolist()))
        if swapped:
            pairs, marked, transform = pairs[:, ::-1], marked[::-1], transform.inverse()
        pairs = np.ascontiguousarray(pairs[pairs[:, 0].argsort(kind="stable")])
    for column in (pairs, *marked):
        column.setflags(write=False)
    fmr = fmr_of_score(score)
    return Comparison(score, fmr, pairs, marked[0], marked[1], transform, named, ratio, compared)


def _rigid(motion: Motion) -> RigidTransform:
    """The rigid part of a motion: its rotation about the centre of the matched minutiae."""
    x, y = motion.centre_x, motion.centre_y
    cosine, sine = math.cos(motion.turn_rad), math.sin(motion.turn_rad)
    return RigidTransform(
        motion.turn_rad,
        motion.xx * x + motion.xy * y + motion.shift_x - cosine * x - sine * y,
        motion.yx * x + motion.yy * y + motion.shift_y + sine * x - cosine * y,
    )
