"""A search: shortlist, decision, receipt."""

from __future__ import annotations

from collections.abc import Sequence

from fingerprint_engine.index.decision import check_rate, outcome_of, score_for_fpir
from fingerprint_engine.index.identification import Candidate, Exclusion, Identification, SearchReceipt
from fingerprint_engine.index.log_format import FORMAT_VERSION
from fingerprint_engine.index.parameters import SearchParameters
from fingerprint_engine.index.shortlist import LEAST_COMPARABLE_MINUTIAE, exact_shortlist
from fingerprint_engine.template import Template, TemplateBatch
from fingerprint_engine.template.batch import template_digest
from fingerprint_engine.version import __version__

EXACT = "exact"
TOO_FEW_MINUTIAE = f"fewer than {LEAST_COMPARABLE_MINUTIAE} minutiae"


def search(
    probe: Template,
    batches: Sequence[tuple[tuple[str, ...], TemplateBatch]],
    max_candidates: int,
    max_fpir: float,
    parameters: SearchParameters,
) -> Identification:
    """Search packed prints for a probe; arguments and errors as `Gallery.identify`."""
    max_fpir = check_rate(max_fpir, "max_fpir")
    eligible = sum(len(batch) for _, batch in batches)
    shortlist = exact_shortlist(probe, batches, max_candidates)
    hit_score = score_for_fpir(max_fpir, shortlist.compared)
    possible_score = score_for_fpir(max(max_fpir, parameters.possible_fpir), shortlist.compared)
    candidates = tuple(Candidate(rank, key, score) for rank, (score, key) in enumerate(shortlist.ranked, start=1))
    outcome = outcome_of(
        candidates[0].score if candidates else 0.0,
        hit_score,
        possible_score,
        is_complete=shortlist.compared == eligible,
        is_usable=len(probe) >= max(parameters.least_minutiae, LEAST_COMPARABLE_MINUTIAE),
    )
    excluded = (Exclusion(TOO_FEW_MINUTIAE, shortlist.too_few_minutiae),) if shortlist.too_few_minutiae else ()
    receipt = SearchReceipt(
        eligible=eligible,
        searched=shortlist.compared,
        excluded=excluded,
        shortlist=EXACT,
        shortlist_size=shortlist.compared,
        recall=1.0,
        max_fpir=max_fpir,
        hit_score=hit_score,
        possible_score=possible_score,
        engine_version=__version__,
        gallery_format=FORMAT_VERSION,
        extractor=probe.extractor,
        parameters_digest=template_digest(probe).hex(),
    )
    return Identification(outcome, candidates, receipt)
