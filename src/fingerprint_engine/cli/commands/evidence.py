"""``evidence write | check``: a score that somebody else can compute again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import add_extractor, add_image_rules, extraction, image_rules
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import add_overwrite, check_new, check_picture, save_picture, write_atomically
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.errors import InvalidEvidence
from fingerprint_engine.intake import read_print
from fingerprint_engine.matching import (
    EvidenceCheck,
    EvidenceVerdict,
    HitEvidence,
    check_evidence,
    evidence_from_document,
    evidence_of,
    fmr_of_score,
)
from fingerprint_engine.regular_files import read_input
from fingerprint_engine.text.bounded_json import BoundedObject, parse
from fingerprint_engine.visualization import Picture, draw_match, draw_pairs, score_in_words

MAX_BYTES = 4_000_000
MAX_FINGERS = 60
_CODES = {
    EvidenceVerdict.SAME: ExitCode.SUCCESS,
    EvidenceVerdict.DIFFERENT: ExitCode.NO_MATCH,
    EvidenceVerdict.CANNOT: ExitCode.UNDECIDED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    text = "compare two prints and write what another side needs to do it again"
    write = actions.add_parser("write", help=text, description=f"{text[0].upper()}{text[1:]}.")
    write.add_argument("probe", type=Path, metavar="A", help="image or template file")
    write.add_argument("reference", type=Path, metavar="B", help="image or template file")
    write.add_argument("output", type=Path, metavar="FILE", help="the evidence: .json")
    text = "write the matched minutiae alone, where no template may leave: their geometry can be computed again"
    write.add_argument("--partial", action="store_true", help=text)
    add_image_rules(write)
    add_keys(write, expects=False)
    add_extractor(write)
    add_overwrite(write, "evidence")
    write.set_defaults(action=_write)
    text = "compute again what the evidence of another side states: same, different (where), or cannot (which engine)"
    check = actions.add_parser("check", help=text, description=f"{text[0].upper()}{text[1:]}.")
    text = "evidence, or - for standard input"
    check.add_argument("evidence", type=Path, metavar="FILE", help=text)
    text = "draw the pairs: .png, .pdf or .svg; further fingers of a hit get a number"
    check.add_argument("--picture", type=Path, metavar="FILE", help=text)
    add_overwrite(check, "pictures")
    check.set_defaults(action=_check)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    code: ExitCode = arguments.action(arguments, console)
    return code


def _write(arguments: argparse.Namespace, console: Console) -> ExitCode:
    check_new(arguments.output, overwrite=arguments.overwrite)
    rules, parameters, keys = image_rules(arguments), extraction(arguments), keys_of(arguments)
    probe, reference = (
        read_print(path, parameters=parameters, keys=keys, **rules).template
        for path in (arguments.probe, arguments.reference)
    )
    found = evidence_of(probe, reference, partial=arguments.partial)
    text = json.dumps(found.as_document(), sort_keys=True) + "\n"
    write_atomically(arguments.output, text.encode(), overwrite=arguments.overwrite)
    console.text(f"{found.kind}: {score_in_words(found.score, fmr_of_score(found.score))}; {len(found.pairs)} pairs")
    console.document({"kind": found.kind, "score": found.score, "pairs": len(found.pairs)})
    return ExitCode.SUCCESS


def _check(arguments: argparse.Namespace, console: Console) -> ExitCode:
    check_picture(arguments.picture, overwrite=arguments.overwrite)
    document = parse(read_input(arguments.evidence, MAX_BYTES), "evidence", InvalidEvidence)
    fingers = _documents(document)
    told, codes = [], []
    for place, one in enumerate(fingers):
        evidence = evidence_from_document(one)
        found = check_evidence(evidence)
        for line in lines_of(found, evidence):
            console.text(line)
        if arguments.picture is not None and found.comparison is not None:
            path = _numbered(arguments.picture, place)
            save_picture(_picture(found, evidence), path, overwrite=arguments.overwrite)
            console.text(f"  picture: {path}")
        told.append(_facts(found))
        codes.append(_CODES[found.verdict])
    console.document(told[0] if fingers == [document] else {"fingers": told})
    return max(codes)


def _documents(document: Any) -> list[Any]:
    """The document of one print, or those of all fingers of a hit."""
    if not isinstance(document, dict) or "fingers" not in document:
        return [document]
    fingers = BoundedObject(document, "evidence", InvalidEvidence).values("fingers", MAX_FINGERS)
    if not fingers:
        raise InvalidEvidence("evidence: fingers: expected at least one")
    return fingers


def _numbered(path: Path, place: int) -> Path:
    """The name of a picture: that which was given for the first one."""
    return path if place == 0 else path.with_name(f"{path.stem}-{place + 1}{path.suffix}")


def _facts(found: EvidenceCheck) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "is_partial": found.is_partial,
        "stated": found.stated,
        "recomputed": found.recomputed,
        "differences": list(found.differences),
        "needs": found.needs,
    }


def lines_of(found: EvidenceCheck, evidence: HitEvidence) -> list[str]:
    """What a check says, for people."""
    count = len(evidence.pairs)
    if found.is_partial:
        told = "the score cannot be computed again without the templates"
        first = f"{found.verdict.value}, partial: the geometry of {count} pairs; {told}"
    elif found.verdict is EvidenceVerdict.CANNOT:
        first = f"cannot: made with {found.needs}"
    else:
        first = f"{found.verdict.value}: {score_in_words(found.stated, fmr_of_score(found.stated))}; {count} pairs"
    return [first, *(f"  {one}" for one in found.differences[:20])]


def _picture(found: EvidenceCheck, evidence: HitEvidence) -> Picture:
    if found.templates is None or found.comparison is None:
        return draw_pairs(evidence.points, title=f"stated score {found.stated:.1f}")
    return draw_match(found.comparison, *found.templates, title=f"{found.verdict.value}, computed again")
