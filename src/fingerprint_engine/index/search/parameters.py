"""Numbers of a search: how much of a gallery each stage looks at, and when an outcome is more than "no hit"."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import NamedTuple

from fingerprint_engine.matching import MIN_MATCH_MINUTIAE
from fingerprint_engine.parameters import Parameters, choice, parameter

_MEASURED = "docs/decisions/shortlist.md"
REFERENCE_PRINTS = 10_000
LISTED_PRINTS, FAISS_PRINTS = 1_000_000, 100_000
"""So many are enrolled where `listed` and `faiss_prints` are what they say."""
_MAX_LISTED, _MAX_PRINTS = 2**20, 2**31
TYPICAL_PRINTS = 256
"""So many typical prints are asked how near is near: a glance that all of them pass is none."""
FEWEST, FEWER_GROWTH = 3, 1.5
"""Measured: of 65 to 5,000 prints that keeps as many mates as are kept of 10,000."""
EFFORT_GROWTH = 2.0
"""Measured: half of the evidence, four times the effort; with the third power the time of poor prints runs away."""
_EFFORT_STEPS = 8
"""Chosen: steps of effort to its double, so that few parameters have to be made."""
AUTO, FAISS = "auto", "faiss"
SHORTLISTS = (AUTO, "scan", FAISS, "exact")
"""What orders the prints of a gallery for full comparison; "exact" compares all of them."""


class StageSizes(NamedTuple):
    """How many prints of the shortlist are placed, how many of these are screened, and how many of these compared."""

    placed: int
    screened: int
    compared: int

    @property
    def has_placing(self) -> bool:
        """Whether prints are placed: else what the shortlist brings is screened at once."""
        return self.placed > self.screened


@dataclasses.dataclass(frozen=True, slots=True)
class StageParameters(Parameters):
    """Sizes of the stages; a gallery of N prints passes on ``size * (N / 10,000) ** growth`` of them.

    Of fewer than 10,000 growth is `FEWER_GROWTH` times that; at least `FEWEST` are compared. `widened` says what the
    evidence of a probe changes.
    """

    probe_minutiae: int = parameter(
        48, unit="minutiae", low=1, high=255, source=_MEASURED + ": more cost time and find nothing"
    )
    voting_minutiae: int = parameter(
        32,
        unit="minutiae",
        low=1,
        high=255,
        source=_MEASURED
        + ": so many vote in cells and look at what votes chose, or half of the probe's if that is more",
    )
    near_prints: int = parameter(
        5, unit="of 256 typical prints", low=1, high=256, source=_MEASURED + ": how near a minutia has to come"
    )
    near_bits: int = parameter(14, unit="bits beyond these", low=0, high=128, source=_MEASURED)
    glance_minutiae: int = parameter(
        12, unit="minutiae", low=1, high=255, source=_MEASURED + ": a glance at the first half of sketches"
    )
    glance_near_prints: int = parameter(
        20, unit="of 256 typical prints", low=1, high=256, source=_MEASURED + ": how near a first word has to come"
    )
    glance_near_bits: int = parameter(6, unit="bits beyond these", low=0, high=64, source=_MEASURED)
    glance_passes: int = parameter(
        32,
        unit="typical prints of 256",
        low=1,
        high=256,
        source=_MEASURED + ": mates lost, and what is looked at whole",
    )
    listed: int = parameter(
        28_000,
        unit="minutiae in the lists that are read, of a thousand prints, among a million",
        low=1,
        high=_MAX_LISTED,
        source=_MEASURED + ": recall and cost; each list counts `VISIT_COST` more",
    )
    listed_growth: float = parameter(-0.427, unit="1", low=-1.0, high=0.0, source=_MEASURED)
    most_listed: int = parameter(
        40_000,
        unit="minutiae of a thousand prints",
        low=1,
        high=_MAX_LISTED,
        source=_MEASURED + ": of fewer prints, or for a poor probe, at most; or `listed`, if more",
    )
    sketched: int = parameter(2500, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED)
    sketched_growth: float = parameter(0.6, unit="1", low=0.0, high=1.0, source=_MEASURED)
    usual_evidence: float = parameter(
        20.0,
        unit="minutiae of the best quality",
        low=1.0,
        high=255.0,
        source=_MEASURED + ": for a probe with as much as that the sizes are as they say, see `widened`",
    )
    least_effort: float = parameter(
        0.5, unit="of `listed`, `sketched`, `placed`", low=0.01, high=1.0, source=_MEASURED + ": for the best probes"
    )
    most_effort: float = parameter(
        2.0,
        unit="of `listed`, `sketched`, `placed`",
        low=1.0,
        high=100.0,
        source=_MEASURED + ": for the poorest probes",
    )
    placed_from: int = parameter(
        20_000,
        unit="prints",
        low=1,
        high=2**31,
        source=_MEASURED + ": of fewer none are placed, it would cost what it saves",
    )
    placed: int = parameter(
        318, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED + ": do like minutiae lie alike"
    )
    placed_growth: float = parameter(0.4, unit="1", low=0.0, high=1.0, source=_MEASURED)
    placed_passes: int = parameter(
        40,
        unit="prints of 100 that would be screened",
        low=1,
        high=100,
        source=_MEASURED + ": so many are screened where more were placed",
    )
    screened: int = parameter(100, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED)
    screened_growth: float = parameter(0.4, unit="1", low=0.0, high=1.0, source=_MEASURED)
    screened_from: int = parameter(
        1_000,
        unit="prints",
        low=1,
        high=2**31,
        source=_MEASURED + ": of fewer none are screened, those with the best sketches are compared",
    )
    screening_pairs: int = parameter(
        12, unit="pairs of minutiae", low=2, high=255, source=_MEASURED + ": twice as many order no better"
    )
    compared: int = parameter(15, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED)
    compared_growth: float = parameter(0.3, unit="1", low=0.0, high=1.0, source=_MEASURED)

    def sizes(self, prints: int, *, is_sealed: bool = False) -> StageSizes:
        """How many prints each stage takes, of so many; sealed ones are not placed, since that would open many."""
        screened = _grown(self.screened, self.screened_growth, prints, FEWEST)
        compared = min(screened, _grown(self.compared, self.compared_growth, prints, FEWEST))
        if prints < self.screened_from:
            return StageSizes(compared, compared, compared)
        placed = _grown(self.placed, self.placed_growth, prints, FEWEST)
        if is_sealed or prints < self.placed_from or placed <= screened:
            return StageSizes(screened, screened, compared)
        return StageSizes(placed, max(round(screened * self.placed_passes / 100), compared), compared)

    def among(self, prints: int) -> StageParameters:
        """These, with as much of the lists as is read among so many enrolled prints."""
        return dataclasses.replace(self, listed=self.listed_among(prints), listed_growth=0.0)

    def listed_among(self, prints: int) -> int:
        """Minutiae in the lists that are read among so many prints, of a thousand of them."""
        listed: int = round(self.listed * (max(prints, 1) / LISTED_PRINTS) ** self.listed_growth)
        return min(max(1, listed), max(self.listed, self.most_listed))

    def widened(self, evidence: float) -> StageParameters:
        """These, for a probe of which so much is to be found again: the less, the more is read and looked at for it.

        The evidence is that of `shortlists.evidence_of`. What makes a mate hard to find is mostly known beforehand.
        """
        effort = (self.usual_evidence / max(evidence, 1.0)) ** EFFORT_GROWTH
        effort = min(max(effort, self.least_effort), self.most_effort)
        return _widened(self, round(_EFFORT_STEPS * math.log2(effort)))

    def voting(self, minutiae: int) -> int:
        """How many minutiae of a probe that has so many vote in cells, the best first."""
        return min(self.probe_minutiae, max(self.voting_minutiae, minutiae // 2))

    def looking(self, minutiae: int) -> StageParameters:
        """Those with which a probe of so many minutiae looks at sketches that votes chose: without a glance."""
        return dataclasses.replace(self, glance_passes=TYPICAL_PRINTS, probe_minutiae=self.voting(minutiae))

    def voted(self, prints: int) -> int:
        """Prints whose sketches are looked at after the votes of cells, of so many."""
        return max(self.sizes(prints).placed, _grown(self.sketched, self.sketched_growth, prints, self.sketched))


@functools.lru_cache(maxsize=64)
def _widened(stages: StageParameters, steps: int) -> StageParameters:
    """Kept, since checking parameters takes as long as comparing some prints."""
    effort: float = 2.0 ** (steps / _EFFORT_STEPS)
    listed = min(round(stages.listed * effort), max(stages.listed, stages.most_listed))
    sketched, placed = (
        min(max(1, round(size * effort)), REFERENCE_PRINTS) for size in (stages.sketched, stages.placed)
    )
    return dataclasses.replace(stages, listed=max(1, listed), sketched=sketched, placed=placed)


def _grown(size: int, growth: float, prints: int, at_least: int) -> int:
    share = max(prints, 1) / REFERENCE_PRINTS
    factor: float = share ** (growth if share > 1.0 else FEWER_GROWTH * growth)
    return min(prints, max(min(size, at_least), round(size * factor)))


@dataclasses.dataclass(frozen=True, slots=True)
class SearchParameters(Parameters):
    """Stages of a search, when it says "possible", and when the probe was too poor to say "no hit"."""

    possible_fpir: float = parameter(
        0.05,
        unit="searches without a mate that give a possible",
        low=0.0,
        high=1.0,
        source="chosen: an examiner looks in vain at one search in twenty, and misses of the strict threshold show up",
    )
    min_minutiae: int = parameter(
        12,
        unit="minutiae",
        low=0,
        high=255,
        source="chosen: twelve points were the classical rule for court; fewer say little by not hitting",
    )
    min_hit_minutiae: int = parameter(
        MIN_MATCH_MINUTIAE,
        unit="minutiae",
        low=0,
        high=255,
        source="measured: random prints of 3 or 5 minutiae reach score 30 seven or four times too often, of 8 not",
    )
    exact_prints: int = parameter(
        64,
        unit="prints",
        low=0,
        high=2**31,
        source=_MEASURED + ": of so many stages save at most half a millisecond, and would lose mates for it",
    )
    shortlist: str = choice(
        AUTO,
        options=SHORTLISTS,
        source=_MEASURED + ": cells of FAISS where enough prints are in them, else the scan",
    )
    faiss_prints: int = parameter(
        80_000,
        unit="eligible prints in cells, among 100,000 enrolled",
        low=1,
        high=_MAX_PRINTS,
        source=_MEASURED + ": from here on it is faster",
    )
    stages: StageParameters = StageParameters()

    def among(self, prints: int) -> SearchParameters:
        """These, as they are among so many enrolled prints.

        A filter makes no list shorter: the more is read of the lists, the more prints are scanned in the same time.
        """
        return _among(self, prints)


@functools.lru_cache(maxsize=16)
def _among(parameters: SearchParameters, prints: int) -> SearchParameters:
    """Kept, since checking parameters takes as long as comparing some prints."""
    stages = parameters.stages
    read, usual = (n * stages.listed_among(n) for n in (max(prints, FAISS_PRINTS), FAISS_PRINTS))
    faiss_prints = min(round(parameters.faiss_prints * max(read / usual, 1.0)), _MAX_PRINTS)
    return dataclasses.replace(parameters, faiss_prints=faiss_prints, stages=stages.among(prints))


ALL_PAIRS = SearchParameters(
    faiss_prints=20_000,
    stages=StageParameters(
        probe_minutiae=20,
        glance_passes=8,
        listed=3300,
        listed_growth=-0.15,
        sketched=750,
        sketched_growth=0.65,
        least_effort=1.0,
        most_effort=1.0,
        screened=20,
        screened_growth=0.0,
        compared=10,
        compared_growth=0.0,
    ),
)
"""For comparing all prints with each other, where a print's mate must only be among the few best of every search."""
