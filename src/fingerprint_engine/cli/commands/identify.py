"""``identify GALLERY PROBE``: whose finger this may be: candidates, never a person."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.commands.enrol_list import files_in
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, exit_code_of, message_of, worst
from fingerprint_engine.cli.galleries import finger_name, identification_document
from fingerprint_engine.cli.prints import extraction, image_rules, read_print
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, Identification, Outcome, SearchFilter
from fingerprint_engine.matching.comparison import fmr_of_score
from fingerprint_engine.visualization import evidence_in_words


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search, and say what was found and what was searched."""
    probes = files_in(arguments.probes)
    with Gallery.open(arguments.gallery, read_only=True, skip_damaged=arguments.skip_damaged) as gallery:
        if arguments.one_person or len(probes) == 1:
            templates = [read_print(probe, image_rules(arguments), extraction(arguments)).template for probe in probes]
            found = gallery.identify(
                templates if arguments.one_person else templates[0], workers=arguments.workers, **_options(arguments)
            )
            _tell(found, console)
            console.document(
                {"probe": _names(probes), "gallery": str(arguments.gallery), **identification_document(found)}
            )
            return exit_code_of_outcome(found.outcome)
        codes = []
        answers = _searches(gallery, probes, arguments)
        for probe, answer in console.progress(answers, total=len(probes), label="identify"):
            if isinstance(answer, Identification):
                codes.append(exit_code_of_outcome(answer.outcome))
                _tell_briefly(probe, answer, console)
                console.document({"probe": str(probe), **identification_document(answer)})
            else:
                codes.append(exit_code_of(answer))
                message = message_of(answer)
                console.note(message if str(probe) in message else f"{probe}: {message}")
                console.document({"probe": str(probe), "error": type(answer).__name__, "detail": message})
    console.document({"summary": {"searches": len(codes), "exit_code": int(worst(codes))}})
    return worst(codes)


def exit_code_of_outcome(outcome: Outcome) -> ExitCode:
    """Zero for a hit, one for a clean no hit; everything else wants a second look."""
    return {Outcome.HIT: ExitCode.SUCCESS, Outcome.NO_HIT: ExitCode.NO_MATCH}.get(outcome, ExitCode.UNDECIDED)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    where = SearchFilter(
        categories=frozenset(arguments.category) if arguments.category else None,
        sites=frozenset(arguments.site) if arguments.site else None,
        on=arguments.on,
        include_expired=arguments.include_expired,
    )
    return {
        "max_candidates": arguments.max_candidates,
        "max_fpir": arguments.max_fpir,
        "where": where,
        "same_finger": arguments.same_finger,
        "exhaustive": arguments.exhaustive,
        "deadline_s": arguments.deadline,
    }


def _searches(
    gallery: Gallery, probes: list[Path], arguments: argparse.Namespace
) -> Iterator[tuple[Path, Identification | Exception]]:
    """One answer for each probe; one that cannot be used does not stop the others."""
    for probe in probes:
        try:
            template = read_print(probe, image_rules(arguments), extraction(arguments)).template
            answer: Identification | Exception = gallery.identify(
                template, workers=arguments.workers, **_options(arguments)
            )
        except (FingerprintEngineError, OSError) as error:
            answer = error
        yield probe, answer


def _names(probes: list[Path]) -> str | list[str]:
    return str(probes[0]) if len(probes) == 1 else [str(probe) for probe in probes]


def _tell(found: Identification, console: Console) -> None:
    receipt = found.receipt
    console.text(f"{found.outcome.value}: {receipt.searched} of {receipt.eligible} enrolled prints were searched")
    for exclusion in receipt.filtered:
        console.text(f"  {exclusion.count} not asked for: {exclusion.reason}")
    for exclusion in receipt.excluded:
        console.text(f"  {exclusion.count} not searched: {exclusion.reason}")
    if receipt.recall != 1.0:
        recall = "was not measured here" if receipt.recall is None else f"keeps {100.0 * receipt.recall:.1f} % of mates"
        console.text(f"  {receipt.shortlist}: {receipt.shortlist_size} compared in full; the shortlist {recall}")
    console.text(
        f"  a hit needs score {receipt.hit_score:.1f}, so that at most {receipt.max_fpir:g} of the searches for "
        "fingers that are not enrolled hit"
    )
    if not found.candidates:
        return
    console.text()
    if any(candidate.subject != candidate.key for candidate in found.candidates):
        rows = [
            (c.rank, c.subject, float(c.score), ", ".join(_match_in_words(m.finger, m.score) for m in c.matches))
            for c in found.candidates
        ]
        console.table(("rank", "subject", "score", "fingers and their scores"), rows)
    else:
        cells = ((c.rank, c.key, float(c.score), evidence_in_words(fmr_of_score(c.score))) for c in found.candidates)
        console.table(("rank", "key", "score", "what the score means for a single comparison"), cells)


def _match_in_words(finger: Finger, score: float) -> str:
    return f"{finger_name(finger)} {score:.1f}"


def _tell_briefly(probe: Path, found: Identification, console: Console) -> None:
    best = found.candidates[0] if found.candidates else None
    shown = f", best {best.subject} {best.score:.1f}" if best is not None else ""
    receipt = found.receipt
    console.text(f"{probe}: {found.outcome.value}, {receipt.searched} of {receipt.eligible} searched{shown}")
