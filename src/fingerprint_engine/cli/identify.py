"""``identify GALLERY PROBE``: whose finger this may be: candidates, never a person."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.prints import image_rules, read_print
from fingerprint_engine.errors import GalleryError
from fingerprint_engine.index import Gallery, Outcome
from fingerprint_engine.matching.comparison import fmr_of_score
from fingerprint_engine.visualization import false_matches_in_words


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search, and say what was found and what was searched."""
    gallery = open_existing(arguments.gallery)
    probe = read_print(arguments.probe, image_rules(arguments)).template
    found = gallery.identify(probe, max_candidates=arguments.max_candidates, max_fpir=arguments.max_fpir)
    receipt = found.receipt

    console.text(f"{found.outcome.value}: {receipt.searched} of {receipt.eligible} enrolled prints were searched")
    if found.candidates:
        rows = ((c.rank, c.key, float(c.score), _in_words(c.score)) for c in found.candidates)
        console.table(("rank", "key", "score", "what the score means for a single comparison"), rows)
    console.document(
        {
            "outcome": found.outcome.value,
            "max_fpir": float(arguments.max_fpir),
            "candidates": [{"rank": c.rank, "key": c.key, "score": float(c.score)} for c in found.candidates],
            "receipt": receipt_document(receipt),
        }
    )
    return {Outcome.HIT: ExitCode.SUCCESS, Outcome.NO_HIT: ExitCode.NO_MATCH}.get(found.outcome, ExitCode.UNDECIDED)


def _in_words(score: float) -> str:
    return false_matches_in_words(fmr_of_score(score))


def open_existing(path: Path) -> Gallery:
    """Open a gallery that is there; a search must not create one.

    Raises
    ------
    GalleryError
        When it does not exist or cannot be used.
    """
    if not path.exists():
        raise GalleryError(f"{path}: expected a gallery, found nothing; 'fingerprint-engine enrol' makes one")
    return Gallery.open(path)
