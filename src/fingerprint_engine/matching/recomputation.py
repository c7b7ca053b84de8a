"""`check_evidence`: whether the score of another side comes out here as well."""

from __future__ import annotations

import dataclasses
import enum

import numpy as np

from fingerprint_engine.errors import CorruptTemplate, IncompatibleTemplates, UnsupportedTemplateVersion
from fingerprint_engine.matching.comparison import Comparison, fmr_of_score
from fingerprint_engine.matching.hit_evidence import PARTIAL, HitEvidence, calibration_digest, engine_name, residuals_of
from fingerprint_engine.matching.matcher import compare
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.matching.parameters import MatchingParameters
from fingerprint_engine.template.template import Template

ROUNDING = 1.5e-3
"""Half a unit of the third decimal on either side, and what a cosine of another machine adds."""


class EvidenceVerdict(enum.Enum):
    """What a recomputation says."""

    SAME = "same"
    """Every number came out as it was stated, to the last bit."""
    DIFFERENT = "different"
    """Made with this engine, and something came out otherwise: the evidence, or an engine, is not what it says."""
    CANNOT = "cannot"
    """Made with another engine, other parameters or another calibration; `needs` says which."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class EvidenceCheck:
    """What came of it.

    Attributes
    ----------
    verdict
        See `EvidenceVerdict`; of partial evidence it speaks of the geometry alone.
    is_partial
        Whether the score could not be computed for want of templates.
    stated, recomputed
        The scores; None where it was not computed.
    differences
        Where it differs: one sentence each.
    needs
        Which engine could compute it again; empty when this one can.
    comparison
        With the pairs, to be drawn: as recomputed, or as stated where it is partial.
    templates
        Both templates; None where it is partial, or they cannot be read.
    """

    verdict: EvidenceVerdict
    is_partial: bool
    stated: float
    recomputed: float | None
    differences: tuple[str, ...]
    needs: str
    comparison: Comparison | None
    templates: tuple[Template, Template] | None


def check_evidence(evidence: HitEvidence) -> EvidenceCheck:
    """Compute the comparison again; never raises on what another side sent.

    Parameters
    ----------
    evidence
        From `evidence_of`, or from another side through `evidence_from_document`.
    """
    needs = _other_engine(evidence)
    if evidence.kind == PARTIAL:
        wrong = _geometry(evidence)
        verdict = EvidenceVerdict.DIFFERENT if wrong else EvidenceVerdict.SAME
        return EvidenceCheck(verdict, True, evidence.score, None, wrong, needs, _stated(evidence), None)
    try:
        probe, reference = Template.from_bytes(evidence.probe), Template.from_bytes(evidence.reference)
        found = compare(probe, reference)
    except UnsupportedTemplateVersion:
        return _cannot(evidence, needs or f"an engine newer than {engine_name()}")
    except (CorruptTemplate, IncompatibleTemplates) as error:
        return EvidenceCheck(
            EvidenceVerdict.DIFFERENT, False, evidence.score, None, (f"templates: {error}",), needs, None, None
        )
    wrong = _differences(evidence, found)
    if not wrong:
        verdict, needs = EvidenceVerdict.SAME, ""
    else:
        verdict = EvidenceVerdict.CANNOT if needs else EvidenceVerdict.DIFFERENT
    return EvidenceCheck(verdict, False, evidence.score, found.score, wrong, needs, found, (probe, reference))


def _cannot(evidence: HitEvidence, needs: str) -> EvidenceCheck:
    return EvidenceCheck(EvidenceVerdict.CANNOT, False, evidence.score, None, (), needs, None, None)


def _other_engine(evidence: HitEvidence) -> str:
    """What of the engine that made the evidence is not here."""
    here = {
        "engine": engine_name(),
        "parameters": MatchingParameters().digest().hex(),
        "calibration": calibration_digest(default_model()),
    }
    other = [f"{name} {getattr(evidence, name)}" for name, value in here.items() if getattr(evidence, name) != value]
    return ", ".join(other)


def _differences(evidence: HitEvidence, found: Comparison) -> tuple[str, ...]:
    wrong = []
    if evidence.score != found.score:
        wrong.append(f"score: stated {evidence.score!r}, recomputed {found.score!r}")
    if not np.array_equal(evidence.pairs, found.pairs):
        stated, again = (set(map(tuple, table.tolist())) for table in (evidence.pairs, found.pairs))
        wrong.append(f"pairs: {len(stated - again)} stated that do not come out, {len(again - stated)} not stated")
    if evidence.transform != found.transform:
        wrong.append("transform: another alignment")
    for name in sorted({*evidence.numbers, *found.evidence}):
        stated_number, number = evidence.numbers.get(name), found.evidence.get(name)
        if stated_number != number:
            wrong.append(f"{name}: stated {stated_number!r}, recomputed {number!r}")
    return tuple(wrong)


def _geometry(evidence: HitEvidence) -> tuple[str, ...]:
    """Whether the pairs lie apart as stated after the stated alignment."""
    again = residuals_of(evidence.points, evidence.transform)
    wrong = []
    for place, (stated, found) in enumerate(zip(evidence.residuals, again, strict=True)):
        for name, first, second in zip(("px", "rad"), stated, found, strict=True):
            if abs(first - second) > ROUNDING:
                wrong.append(f"pair {place}: stated {first:g} {name} apart, recomputed {second:g}")
    return tuple(wrong)


def _stated(evidence: HitEvidence) -> Comparison:
    """The pairs of partial evidence, numbered as its points are."""
    pairs = np.repeat(np.arange(len(evidence.points), dtype=np.int32)[:, None], 2, axis=1)
    nothing = np.zeros(0, np.int32)
    return Comparison(
        evidence.score, fmr_of_score(evidence.score), pairs, nothing, nothing, evidence.transform, evidence.numbers
    )
