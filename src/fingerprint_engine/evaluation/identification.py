"""Error rates of searches (1:N), computed from the scores of pairs.

The first impression of each finger makes the reference database; every other impression is searched. A search without a
mate is the same probe against the database without its own finger. Ties count against the system.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.score_table import ScoreTable


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """What each search found.

    Attributes
    ----------
    mate_score
        float64, shape (n,), score of the probe's own finger.
    best_other
        float64, shape (n,), highest score of another finger; what a search without a mate returns first.
    rank
        int64, shape (n,): 1 + the other fingers that score as high as the mate or higher. ``references + 1``, which is
        no rank, where probe or mate failed to extract.
    references
        Fingers in the database.
    """

    mate_score: NDArray[np.float64]
    best_other: NDArray[np.float64]
    rank: NDArray[np.int64]
    references: int

    def __len__(self) -> int:
        return len(self.rank)

    def cmc(self) -> NDArray[np.float64]:
        """float64, shape (references,): share of searches with the mate at rank r = 1, 2, … or better."""
        counts = np.bincount(self.rank, minlength=self.references + 2)[1 : self.references + 1]
        return np.asarray(np.cumsum(counts) / len(self), dtype=np.float64)

    def fpir(self, threshold: float) -> float:
        """Share of searches without a mate that return any finger at `threshold`."""
        return float(np.mean(self.best_other >= threshold))

    def fnir(self, threshold: float, max_rank: int | None = None) -> float:
        """Share of searches whose mate is below `threshold` or beyond `max_rank` (by default the whole database)."""
        last = self.references if max_rank is None else max_rank
        return float(np.mean((self.mate_score < threshold) | (self.rank > last)))

    def fnir_at_fpir(self, max_fpir: float) -> float:
        """FNIR at the lowest observed threshold whose FPIR is at most `max_fpir`."""
        if not 0.0 <= max_fpir <= 1.0:
            raise InputError(f"max_fpir: expected 0 to 1, got {max_fpir}")
        thresholds = np.append(np.unique(np.concatenate([self.mate_score, self.best_other])), np.inf)
        fpir = 1.0 - np.searchsorted(np.sort(self.best_other), thresholds, side="left") / len(self)
        return self.fnir(float(thresholds[int(np.argmax(fpir <= max_fpir))]))

    def rates(self) -> dict[str, float]:
        """The rates that are reported, by name."""
        return {
            "rank-1 hit rate, closed set": float(self.cmc()[0]),
            "FNIR at FPIR ≤ 10 %": self.fnir_at_fpir(0.1),
            "FNIR at FPIR ≤ 1 %": self.fnir_at_fpir(0.01),
            "FNIR at FPIR = 0": self.fnir_at_fpir(0.0),
        }


def searches(table: ScoreTable) -> Searches | None:
    """The searches that a table holds every comparison of; None when it holds none.

    A probe takes part when it has a score against the first impression, in the order of the table, of each finger. The
    table of the FVC protocol has no such probe: it compares different fingers by their first impressions only.
    """
    code = table.finger_codes
    fingers = int(code.max()) + 1 if code.size else 0
    if fingers < 2:
        return None
    # Natural order of labels, so that the database does not depend on the order of rows in the file.
    order = sorted(range(len(table.samples)), key=lambda i: _label_key(table.samples[i].impression))
    first = np.full(fingers, -1, dtype=np.int64)
    for position in reversed(order):
        first[code[position]] = position
    column = np.full(len(table.samples), -1, dtype=np.int64)
    column[first] = np.arange(fingers)
    scores = np.full((len(table.samples), fingers), np.nan)
    for one, other in ((table.probe, table.reference), (table.reference, table.probe)):
        used = column[other] >= 0
        scores[one[used], column[other[used]]] = table.score[used]
    is_probe = (column < 0) & ~np.isnan(scores).any(axis=1)
    rows, own = scores[is_probe], code[is_probe]
    if not len(rows):
        return None
    index = np.arange(len(rows))
    mate = rows[index, own]
    others = rows.copy()
    others[index, own] = -np.inf
    rank = 1 + (others >= mate[:, None]).sum(axis=1)
    failed = table.has_failed[is_probe] | table.has_failed[first[own]]
    rank[failed] = fingers + 1
    return Searches(np.where(failed, -1.0, mate), others.max(axis=1), rank.astype(np.int64), fingers)


def _label_key(label: str) -> tuple[int, str]:
    return (int(label), label) if label.isascii() and label.isdigit() else (10**9, label)
