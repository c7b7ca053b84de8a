"""``identify GALLERY PROBE``: whose finger this may be: candidates, never a person."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_recursive,
    add_workers,
    extraction,
    image_rules_for,
    rate,
    whole_number,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError, exit_code_of, exit_code_of_items, message_of
from fingerprint_engine.cli.facts import resolution_facts
from fingerprint_engine.cli.outputs import add_overwrite, check_picture, save_picture
from fingerprint_engine.cli.protection import add_keys, keys_of, protection_of
from fingerprint_engine.cli.scope import add_scope, scope, tell_left_out
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.index import Gallery, Identification, Outcome, SearchParameters
from fingerprint_engine.index.search.parameters import AUTO, SHORTLISTS
from fingerprint_engine.intake import Print, files_in, read_print, with_resolution
from fingerprint_engine.matching import compare, fmr_of_score
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_match, evidence_in_words

DOUBTED = 20
"""Candidates whose prints are asked whether their ridges can be those of the probe's finger."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY", help="folder of the gallery")
    text = "image or template file, or folders and patterns of them; several are searched for one by one"
    parser.add_argument("probes", nargs="+", type=Path, metavar="PROBE", help=text)
    parser.add_argument("--one-person", action="store_true", help="the probes are fingers of one person: fuse them")
    add_recursive(parser)
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    text = "read the index into memory once, 1.1 KB a print: faster where many are searched for in a large gallery"
    parser.add_argument("--in-memory", action="store_true", help=text)
    text = "length of the candidate list (default 20)"
    parser.add_argument("--max-candidates", type=whole_number(1, 100_000), default=20, metavar="N", help=text)
    text = "how often a finger that is not in the gallery may hit, 0 to 1 (default 1e-3)"
    parser.add_argument("--max-fpir", type=rate, default=1e-3, metavar="RATE", help=text)
    text = "show candidates also where the outcome is no hit: they are other people"
    parser.add_argument("--list-all", action="store_true", help=text)
    text = "write a picture of the evidence for the first candidate of one probe: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    add_overwrite(parser, "pictures")
    add_keys(parser)
    group = add_scope(parser)
    text = "only prints of the probe's finger position, and of unknown ones"
    group.add_argument("--same-finger", action="store_true", help=text)
    text = "what orders prints for full comparison (default auto); exact compares all"
    group.add_argument("--shortlist", choices=SHORTLISTS, default=AUTO, help=text)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search, and say what was found and what was searched."""
    probes = files_in(arguments.probes, recursive=arguments.recursive)
    check_picture(arguments.picture, overwrite=arguments.overwrite)
    if arguments.picture is not None and len(probes) > 1:
        raise UsageError(f"--picture: expected one probe, got {len(probes)}")
    damaged = arguments.skip_damaged
    with Gallery.open(
        arguments.gallery,
        read_only=True,
        skip_damaged=damaged,
        in_memory=arguments.in_memory,
        **protection_of(arguments),
    ) as gallery:
        if arguments.one_person or len(probes) == 1:
            prints = [probe_of(probe, arguments) for probe in probes]
            templates = [one.template for one in prints]
            found = gallery.identify(
                templates if arguments.one_person else templates[0], workers=arguments.workers, **_options(arguments)
            )
            tell(found, console, arguments.list_all)
            doubts = _doubts(found, gallery, templates)
            if _are_shown(found, arguments.list_all):
                for key, doubt in doubts.items():
                    console.text(f"  {key}: {doubt}")
            if arguments.picture is not None:
                _draw(found, gallery, prints[0], arguments, console)
            if not found.receipt.searched:
                console.note("note: nothing was searched, so this is no answer")
            said = [resolution_facts(template) for template in templates]
            shown = {"probe": _names(probes), "gallery": str(arguments.gallery), "resolutions": said, "doubts": doubts}
            console.document({**shown, **found.as_dict()})
            return exit_code_of_search(found)
        codes = []
        answers = _searches(gallery, probes, arguments)
        absences: set[str] = set()
        for probe, facts, answer in console.progress(answers, total=len(probes), label="identify"):
            if isinstance(answer, Identification):
                codes.append(exit_code_of_search(answer))
                for absence in [one for one in answer.receipt.absent if one not in absences]:
                    absences.add(absence)
                    console.note(f"warning: {absence}")
                _tell_briefly(probe, answer, console, arguments.list_all)
                console.document({"probe": str(probe), **facts, **answer.as_dict()})
            else:
                codes.append(exit_code_of(answer))
                message = message_of(answer)
                console.note(message if str(probe) in message else f"{probe}: {message}")
                console.document({"probe": str(probe), "error": type(answer).__name__, "detail": message})
    console.document({"summary": {"searches": len(codes), "exit_code": int(exit_code_of_items(codes))}})
    return exit_code_of_items(codes)


def exit_code_of_search(found: Identification) -> ExitCode:
    """The code of a search; one that looked at nothing has no answer."""
    return exit_code_of_outcome(found.outcome) if found.receipt.searched else ExitCode.UNDECIDED


def exit_code_of_outcome(outcome: Outcome) -> ExitCode:
    """An answer for a hit and for a clean no hit; everything else needs a second look."""
    return {Outcome.HIT: ExitCode.SUCCESS, Outcome.NO_HIT: ExitCode.NO_MATCH}.get(outcome, ExitCode.UNDECIDED)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "max_candidates": arguments.max_candidates,
        "max_fpir": arguments.max_fpir,
        "same_finger": arguments.same_finger,
        "parameters": SearchParameters(shortlist=arguments.shortlist),
        **scope(arguments),
    }


def _searches(
    gallery: Gallery, probes: list[Path], arguments: argparse.Namespace
) -> Iterator[tuple[Path, dict[str, Any], Identification | Exception]]:
    """What is known of each probe, and one answer; one that cannot be used does not stop the others."""
    for probe in probes:
        facts: dict[str, Any] = {}
        try:
            template = probe_of(probe, arguments).template
            facts = resolution_facts(template)
            answer: Identification | Exception = gallery.identify(
                template, workers=arguments.workers, **_options(arguments)
            )
        except (FingerprintEngineError, OSError) as error:
            answer = error
        yield probe, facts, answer


def probe_of(probe: Path, arguments: argparse.Namespace) -> Print:
    """The print in a file, by the rules that the arguments state."""
    path, ppi = with_resolution(probe)
    return read_print(
        path, parameters=extraction(arguments), keys=keys_of(arguments), **image_rules_for(arguments, ppi)
    )


def _doubts(found: Identification, gallery: Gallery, probes: list[Template]) -> dict[str, str]:
    """Prints of the first candidates whose ridges cannot be those of the probe's finger, and what is said of them."""
    matches = [match for candidate in found.candidates[:DOUBTED] for match in candidate.matches]
    doubts = {match.key: compare(probes[match.probe], gallery.get(match.key)).doubt for match in matches}
    return {key: doubt for key, doubt in doubts.items() if doubt}


def _draw(
    found: Identification, gallery: Gallery, probe: Print, arguments: argparse.Namespace, console: Console
) -> None:
    """Draw the evidence for the first candidate, whose image the gallery does not have."""
    if not _are_shown(found, arguments.list_all):
        console.note(f"note: no picture: there is no candidate{'' if arguments.list_all else ' above the limits'}")
        return
    first = found.candidates[0]
    reference = gallery.get(first.key)
    picture = draw_match(
        compare(probe.template, reference),
        probe.template,
        reference,
        probe_image=probe.image,
        probe_name=arguments.probes[0].name,
        reference_name=first.key,
        title=f"{found.outcome.value}: candidate of rank {first.rank}",
    )
    save_picture(picture, arguments.picture, overwrite=arguments.overwrite)
    console.text(f"  picture: {arguments.picture}")


def _are_shown(found: Identification, list_all: bool) -> bool:
    """Whether candidates are shown: after a clean no hit they are nobody that was asked for."""
    return bool(found.candidates) and (list_all or found.outcome is not Outcome.NO_HIT)


def _names(probes: list[Path]) -> str | list[str]:
    return str(probes[0]) if len(probes) == 1 else [str(probe) for probe in probes]


def tell(found: Identification, console: Console, list_all: bool) -> None:
    """Say what was found and what was searched."""
    receipt = found.receipt
    for absence in receipt.absent:
        console.note(f"warning: {absence}")
    console.text(f"{found.outcome.value}: {receipt.searched} of {receipt.eligible} enrolled prints were searched")
    tell_left_out(receipt, console)
    if receipt.recall != 1.0:
        recall = "was not measured here" if receipt.recall is None else f"keeps {100.0 * receipt.recall:.1f} % of mates"
        sizes = f"{receipt.visited} looked at, {receipt.shortlist_size} compared in full"
        console.text(f"  {receipt.shortlist}: {sizes}; the shortlist {recall}")
    if receipt.shortlist_note:
        console.note(f"note: {receipt.shortlist_note}")
    console.text(
        f"  a hit needs score {receipt.hit_score:.1f}, so that at most {receipt.max_fpir:g} of the searches for "
        "fingers that are not enrolled hit"
    )
    if not _are_shown(found, list_all):
        return
    console.text()
    if any(candidate.subject != candidate.key for candidate in found.candidates):
        rows = [
            (c.rank, c.subject, float(c.score), ", ".join(f"{m.finger.words} {m.score:.1f}" for m in c.matches))
            for c in found.candidates
        ]
        console.table(("rank", "subject", "score", "fingers and their scores"), rows)
    else:
        cells = ((c.rank, c.key, float(c.score), evidence_in_words(fmr_of_score(c.score))) for c in found.candidates)
        console.table(("rank", "key", "score", "what the score means for a single comparison"), cells)


def _tell_briefly(probe: Path, found: Identification, console: Console, list_all: bool) -> None:
    best = found.candidates[0] if _are_shown(found, list_all) else None
    shown = f", best {best.subject} {best.score:.1f}" if best is not None else ""
    receipt = found.receipt
    console.text(f"{probe}: {found.outcome.value}, {receipt.searched} of {receipt.eligible} searched{shown}")
