"""Numbers that pages state are those of the code: each statement is built from the constants and looked for."""

from __future__ import annotations

import math

import pytest
from tests.conftest import ROOT

from fingerprint_engine.exchange import xyt
from fingerprint_engine.exchange.ansi_nist.features import model as features
from fingerprint_engine.exchange.ansi_nist.model import contents
from fingerprint_engine.exchange.ansi_nist.traditional import tagged_records
from fingerprint_engine.index.columns import mapped_pages, table
from fingerprint_engine.index.search import shortlists, staged_scan
from fingerprint_engine.index.search.parameters import FEWER_GROWTH, FEWEST, SearchParameters
from fingerprint_engine.index.storage import folder
from fingerprint_engine.index.storage.log import frames
from fingerprint_engine.index.storage.segments import segment_format
from fingerprint_engine.limits import DEFAULT_LIMITS, LIST_LIMITS, SCORE_LIMITS
from fingerprint_engine.matching import MatchingParameters, MergeParameters
from fingerprint_engine.matching.kernels.fusion import (
    ENOUGH_OVERLAP,
    FINE_PER_PX,
    FINE_PERIOD_PX,
    GUESSED_PER_PX,
    PLAIN_OVERLAP,
)
from fingerprint_engine.matching.kernels.layout import MAX_ROWS
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.minutiae import MinutiaParameters
from fingerprint_engine.preprocessing import image
from fingerprint_engine.template import TemplateParameters
from fingerprint_engine.template.resolution import MAX_PERIOD_PX, MIN_PERIOD_PX
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

SEARCH, MATCHING = SearchParameters(), MatchingParameters()
MERGING = MergeParameters()
TEMPLATE, MINUTIAE = TemplateParameters(), MinutiaParameters()
STAGES = SEARCH.stages
MB = 2**20
SKETCH_BYTES = 16


def statements() -> list[tuple[str, str]]:
    """Page, and what it says."""
    assert features.MAX_MINUTIAE == xyt.MAX_MINUTIAE
    fewest = f"but at least {FEWEST} are compared. Of fewer than {STAGES.screened_from:,}"
    placed = f"From {STAGES.placed_from:,} prints on {STAGES.placed}, with growth {STAGES.placed_growth}, are placed"
    growth = f"growth {STAGES.screened_growth} and {STAGES.compared_growth}"
    angle = round(math.degrees(MATCHING.angle_tolerance_rad))
    fusions = (default_model().with_flow, default_model().without_flow)
    measured = math.floor(min(fusion.heights[-3] for fusion in fusions))  # then the tail, and its end
    early = max(fusion.early_heights[-1] for fusion in fusions)
    spread = f"{TEMPLATE.spatial_sigma_px:.1f} px, {math.degrees(TEMPLATE.angular_sigma_rad):.0f}°"
    return [
        ("docs/conventions.md", f"{image.MIN_PPI:g} to {image.MAX_PPI:g}"),
        ("docs/conventions.md", f"medians of {MIN_PERIOD_PX:g} to {MAX_PERIOD_PX:g} px"),
        ("docs/decisions/resolution.md", f"Outside of {MIN_PERIOD_PX:g} to {MAX_PERIOD_PX:g} px"),
        ("docs/decisions/resolution.md", f"by {FINE_PER_PX:g} for each px below {FINE_PERIOD_PX:g}"),
        ("docs/algorithm/matching.md", f"a score falls by {GUESSED_PER_PX:g} per px"),
        ("docs/algorithm/matching.md", f"{FINE_PERIOD_PX:g} px, a score falls by {FINE_PER_PX:g} per px"),
        ("docs/security.md", f"| `file_bytes` | {DEFAULT_LIMITS.file_bytes // MB} MB"),
        ("docs/security.md", f"| `pixels` | {DEFAULT_LIMITS.pixels // 10**6} million"),
        ("docs/security.md", f"| `memory_bytes` | {DEFAULT_LIMITS.memory_bytes // MB} MB"),
        ("docs/security.md", f"| `items` | {DEFAULT_LIMITS.items:,}"),
        ("docs/security.md", f"| `prints` | {DEFAULT_LIMITS.prints:,}"),
        ("docs/security.md", f"| `seconds` | {DEFAULT_LIMITS.seconds:g}"),
        ("docs/security.md", f"{LIST_LIMITS.prints:,} lines, {LIST_LIMITS.items // 10**6} million fields"),
        ("docs/security.md", f"{SCORE_LIMITS.prints // 10**6} million rows and {SCORE_LIMITS.seconds:g} seconds"),
        ("docs/exchange.md", f"{contents.MAX_RECORDS:,} records"),
        ("docs/exchange.md", f"{tagged_records.MAX_FIELDS:,} fields"),
        ("docs/exchange.md", f"{features.MAX_MINUTIAE:,} minutiae"),
        (
            "docs/formats.md",
            f"{table.BLOCK_PRINTS:,} prints or at {folder.SEAL_SHARE:.0%} of the largest log".replace("%", " %"),
        ),
        ("docs/formats.md", f"{frames.MAX_LOG_BYTES // MB} MiB, {frames.MAX_LOG_FRAMES:,} frames"),
        ("docs/formats.md", f"{frames.MAX_LOG_CHANGES:,} enrolments and removals"),
        ("docs/formats.md", f"{frames.MAX_FRAME_RECORDS:,} records per frame"),
        ("docs/formats.md", f"{segment_format.MAX_SEGMENT_PRINTS:,} prints each, "),
        ("docs/formats.md", f"{segment_format.MAX_SEGMENT_BYTES // (1024 * MB)} GiB each"),
        ("docs/algorithm/index.md", f"{SEARCH.exact_prints} prints"),
        ("docs/algorithm/index.md", f"{SEARCH.min_hit_minutiae} minutiae"),
        ("docs/algorithm/index.md", f"{SEARCH.min_minutiae} minutiae"),
        ("docs/algorithm/index.md", f"FPIR {SEARCH.possible_fpir:.0%}".replace("%", " %")),
        ("docs/algorithm/matching.md", f"{MATCHING.position_tolerance_px:g} px, {angle}°"),
        ("docs/algorithm/matching.md", f"{MATCHING.final_tolerance_px:g} px"),
        ("docs/algorithm/matching.md", f"σ = {MATCHING.warp_sigma_px:g} px"),
        ("docs/algorithm/matching.md", f"{MATCHING.max_pairs} best pairs"),
        ("docs/algorithm/matching.md", f"{MATCHING.rigid_arm_px:g} px"),
        ("docs/algorithm/matching.md", f"{MATCHING.reject_below:g}"),
        (
            "docs/algorithm/matching.md",
            f"up to {MATCHING.near_slack_px:g} px and {MATCHING.near_stretch:.0%} of its length".replace("%", " %"),
        ),
        (
            "docs/algorithm/matching.md",
            f"{MATCHING.near_stretch_without_flow:.0%} where ridge flow is not known".replace("%", " %"),
        ),
        ("docs/algorithm/matching.md", f"to none at {MATCHING.near_reach_px:g} px"),
        ("docs/algorithm/matching.md", f"that is {MATCHING.settle_px:g} px off"),
        ("docs/algorithm/matching.md", f"the {MAX_ROWS} best of the probe"),
        ("docs/algorithm/matching.md", f"a quality below {MATCHING.least_quality} are"),
        ("docs/algorithm/matching.md", f"to the {MATCHING.enough_minutiae} best"),
        ("docs/algorithm/matching.md", f"lose {1.0 - MERGING.fade:.0%} of theirs".replace("%", " %")),
        ("docs/algorithm/matching.md", f"to {early:.1f} at most"),
        ("docs/decisions/forged-scores.md", f"scores {early:.1f} at most"),
        ("docs/algorithm/matching.md", f"measured (a score of {measured})"),
        ("docs/how-to/choose-a-threshold.md", f"Up to a score of {measured} the scale was measured"),
        ("docs/algorithm/minutiae.md", f"{MINUTIAE.filtering.border_px:g} px"),
        ("docs/algorithm/minutiae.md", f"At most {MINUTIAE.max_minutiae}"),
        ("docs/algorithm/search.md", f"{shortlists._MAX_SCAN_PIECE:,} sketches"),
        ("docs/algorithm/search.md", f"{staged_scan._MAX_PIECE} prints to screen or compare"),
        ("docs/algorithm/search.md", f"{STAGES.screened} and {STAGES.compared} prints"),
        ("docs/algorithm/search.md", growth),
        ("docs/algorithm/search.md", f"{SEARCH.among(10**6).faiss_prints:,} where a million are enrolled"),
        ("docs/algorithm/search.md", f"{SEARCH.among(10**7).faiss_prints:,} of ten million"),
        ("docs/algorithm/search.md", f"With {STAGES.usual_evidence:g} the sizes"),
        ("docs/algorithm/search.md", placed),
        ("docs/algorithm/search.md", f"below 10,000 with {FEWER_GROWTH} times these, {fewest}"),
        ("docs/algorithm/search.md", f"{mapped_pages.MAX_MAPPED_BYTES // MB} MiB"),
        ("docs/algorithm/search.md", f"{SKETCH_BYTES * SKETCH_MINUTIAE} MB for a million prints"),
        ("docs/algorithm/template.md", f"best {TEMPLATE.plain_minutiae} minutiae"),
        ("docs/algorithm/template.md", f"up to {TEMPLATE.max_minutiae}"),
        ("docs/algorithm/template.md", f"more than {TEMPLATE.plain_minutiae * TEMPLATE.cells_per_minutia:g} cells"),
        ("docs/algorithm/matching.md", f"more than {PLAIN_OVERLAP:g} cells"),
        ("docs/algorithm/matching.md", f"counts up to {ENOUGH_OVERLAP:g} cells"),
        ("docs/algorithm/template.md", f"{TEMPLATE.radius_px:g} px"),
        ("docs/algorithm/template.md", spread),
        ("docs/algorithm/template.md", f"{SKETCH_MINUTIAE} best minutiae"),
    ]


@pytest.mark.parametrize(("page", "statement"), statements())
def test_the_page_says_what_the_code_does(page, statement):
    assert statement in " ".join((ROOT / page).read_text(encoding="utf-8").split())
