"""``identify GALLERY PROBE``: whose finger this may be: candidates, never a person."""

from __future__ import annotations

import argparse

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.galleries import identification_document
from fingerprint_engine.cli.prints import extraction, image_rules, read_print
from fingerprint_engine.index import Gallery, Identification, Outcome
from fingerprint_engine.matching.comparison import fmr_of_score
from fingerprint_engine.visualization import evidence_in_words


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search, and say what was found and what was searched."""
    with Gallery.open(arguments.gallery, read_only=True) as gallery:
        probe = read_print(arguments.probe, image_rules(arguments), extraction(arguments)).template
        found = gallery.identify(probe, max_candidates=arguments.max_candidates, max_fpir=arguments.max_fpir)
    _tell(found, console)
    console.document(
        {"probe": str(arguments.probe), "gallery": str(arguments.gallery)} | identification_document(found)
    )
    return exit_code_of_outcome(found.outcome)


def exit_code_of_outcome(outcome: Outcome) -> ExitCode:
    """Zero for a hit, one for a clean no hit; everything else wants a second look."""
    return {Outcome.HIT: ExitCode.SUCCESS, Outcome.NO_HIT: ExitCode.NO_MATCH}.get(outcome, ExitCode.UNDECIDED)


def _tell(found: Identification, console: Console) -> None:
    receipt = found.receipt
    console.text(f"{found.outcome.value}: {receipt.searched} of {receipt.eligible} enrolled prints were searched")
    for exclusion in receipt.excluded:
        console.text(f"  {exclusion.count} not searched: {exclusion.reason}")
    console.text(
        f"  a hit needs score {receipt.hit_score:.1f}, so that at most {receipt.max_fpir:g} of the searches for "
        "fingers that are not enrolled hit"
    )
    if found.candidates:
        console.text()
        rows = ((c.rank, c.key, float(c.score), _in_words(c.score)) for c in found.candidates)
        console.table(("rank", "key", "score", "what the score means for a single comparison"), rows)


def _in_words(score: float) -> str:
    return evidence_in_words(fmr_of_score(score))
