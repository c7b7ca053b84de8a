"""`ScoreTable`: one row per comparison, with what is needed to compute error rates and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.protocol import Pairs, Sample


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Scores of comparisons.

    Parameters
    ----------
    samples
        The samples that take part, each once.
    probe, reference
        int32, shape (n,), positions in `samples`.
    score
        float64, shape (n,), finite, >= 0, higher means more similar.
    has_failed
        bool, shape (len(samples),), True where no template could be made of the sample. All its scores must be 0.

    Raises
    ------
    InputError
        When a column has the wrong shape or kind, a score is negative or not finite, a sample is compared with itself,
        or a failed sample has a score above 0.
    """

    samples: tuple[Sample, ...]
    probe: NDArray[np.int32]
    reference: NDArray[np.int32]
    score: NDArray[np.float64]
    has_failed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        count, total = len(self.probe), len(self.samples)
        if self.reference.shape != (count,) or self.score.shape != (count,) or self.has_failed.shape != (total,):
            raise InputError(f"scores: expected columns of {count} rows and {total} samples")
        if len(set(self.samples)) != total:
            raise InputError("samples: expected each sample once, found one twice")
        for name, column in (("probe", self.probe), ("reference", self.reference)):
            if count and not (column.min() >= 0 and column.max() < total):
                raise InputError(f"{name}: expected positions 0 to {total - 1}")
        if (self.probe == self.reference).any():
            raise InputError("pairs: expected two different samples, found a sample compared with itself")
        bad = ~(np.isfinite(self.score) & (self.score >= 0.0))
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InputError(f"score: expected finite numbers >= 0, got {self.score[row]} in row {row + 1}")
        if (self.score[self.has_failed[self.probe] | self.has_failed[self.reference]] > 0.0).any():
            raise InputError("score: expected 0 in every pair of a sample that failed to extract")

    def __len__(self) -> int:
        return len(self.probe)

    @property
    def finger_codes(self) -> NDArray[np.int64]:
        """int64, shape (len(samples),): equal numbers for impressions of one finger, counted from 0."""
        labels = np.array([sample.finger for sample in self.samples], dtype=np.str_)
        return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)

    @property
    def is_mated(self) -> NDArray[np.bool_]:
        """bool, shape (n,), True where both samples are of one finger."""
        code = self.finger_codes
        return np.asarray(code[self.probe] == code[self.reference])


def score_table(
    samples: Sequence[Sample], pairs: Pairs, score: NDArray[np.float64], has_failed: NDArray[np.bool_]
) -> ScoreTable:
    """Put scores to the pairs of a protocol; pairs of failed samples get 0, whatever `score` says there.

    A failure to extract must count against the system in all its comparisons (ISO/IEC 19795-1 calls rates that include
    it generalised; FVC does the same), else an extractor that refuses hard images would look better than one that
    tries.
    """
    failed = has_failed[pairs.probe] | has_failed[pairs.reference]
    counted = np.where(failed, 0.0, np.asarray(score, dtype=np.float64))
    return ScoreTable(tuple(samples), pairs.probe, pairs.reference, counted, np.asarray(has_failed, dtype=np.bool_))
