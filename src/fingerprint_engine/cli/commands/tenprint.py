"""``tenprint FILE…``: fingertips of slaps, named and checked; rolled prints and slaps of one capture compared."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_workers,
    extraction,
    image_rules_for,
    limits_of,
    not_blank,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.outputs import (
    add_overwrite,
    check_new,
    check_picture,
    make_folder,
    output_errors,
    save_picture,
)
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.exchange import read
from fingerprint_engine.exchange.ansi_nist import Transaction
from fingerprint_engine.exchange.transaction_prints import card_of_transaction
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.intake import is_record, naming_errors, with_resolution
from fingerprint_engine.preprocessing import FingerprintImage, load_image
from fingerprint_engine.tenprint import (
    CapturedPrint,
    Completeness,
    MissingReason,
    Purpose,
    TenprintParameters,
    TenprintSet,
    completeness,
    cut_page,
    read_card,
    segment,
)
from fingerprint_engine.text.shown import brief
from fingerprint_engine.visualization.draw_hand import BoxedFinger, HandPanel, draw_hands

NAMES: dict[str, Finger | Slap] = {
    **{slap.words.replace(" ", "-"): slap for slap in Slap},
    **{finger.words.replace(" ", "-"): finger for finger in Finger if finger is not Finger.UNKNOWN},
    "plain-right-thumb": Slap.RIGHT_THUMB,
    "plain-left-thumb": Slap.LEFT_THUMB,
}
"""Without ``plain-`` a thumb is a rolled one."""
PAGE = "page"
"""A scanned card, which is cut into its boxes."""
REASONS = {"amputated": MissingReason.AMPUTATED, "unable": MissingReason.UNABLE_TO_PRINT}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = (
        "an image of a hand, whose fingers decide which it is; POSITION=IMAGE where that is known, such as "
        f"right-four=slap.png ({', '.join(sorted(NAMES))}); page=SCAN of a card of fourteen boxes; "
        "or an ANSI/NIST transaction"
    )
    given = not_blank("a file or POSITION=FILE", (*NAMES, PAGE))
    parser.add_argument("files", nargs="+", type=given, metavar="FILE", help=text)
    text = "a finger that is not there: right-ring=amputated or right-ring=unable; may be given several times"
    parser.add_argument("--missing", action="append", default=[], metavar="FINGER=WHY", help=text)
    purposes = [purpose.value for purpose in Purpose]
    text = "what the prints are wanted for (default: search); exit code 5 when they are not enough"
    parser.add_argument("--purpose", choices=purposes, default="search", help=text)
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write a picture of boxes, names, quality, problems")
    parser.add_argument("--output", type=Path, metavar="DIR", help="write a template (.fpt) of each print")
    add_overwrite(parser, "files")
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    add_keys(parser, expects=False)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read the images as one capture, tell what was found and what is wrong."""
    check_picture(arguments.sheet, overwrite=arguments.overwrite)
    stated = dict(map(_missing, arguments.missing))
    images: dict[int, FingerprintImage] = {}
    impressions: dict[int, Impression] = {}
    for text in arguments.files:
        for position, image, way in _images(text, arguments, stated, console):
            if position in images:
                raise UsageError(f"{text}: expected one image of each position, got a second one of {position}")
            images[position] = image
            if way is not None:
                impressions[position] = way
    parameters = TenprintParameters(pipeline=extraction(arguments))
    found = read_card(images, missing=stated, impressions=impressions, parameters=parameters, workers=arguments.workers)
    if not found.templates:
        raise FailureToExtract(FailureReason.NO_FINGERPRINT, "no print of the capture can be read")
    verdict = completeness(found, arguments.purpose)
    _write_templates(found, arguments)
    if arguments.sheet is not None:
        save_picture(sheet(images, found, verdict), arguments.sheet, overwrite=arguments.overwrite)
    _tell(found, verdict, console)
    return ExitCode.SUCCESS if verdict.is_sufficient else ExitCode.UNDECIDED


def sheet(images: Mapping[int, FingerprintImage], found: TenprintSet, verdict: Completeness) -> Any:
    """The sheet of a capture: slaps first, then single fingers."""
    panels = []
    for position in sorted(images, key=lambda one: (one < Slap.RIGHT_THUMB, one)):
        here = [one for one in found.prints if one.position == position]
        fingers = [
            BoxedFinger(
                None if one.box is None else one.box.corners(),
                f"{one.finger.words} {one.quality.score}"
                + (f" {one.quality.reason.value}" if one.quality.advice else ""),
                not one.quality.advice,
            )
            for one in here
        ]
        panels.append(HandPanel(images[position], _words(position), fingers))
    return draw_hands(panels, list(_remarks(found, verdict)))


def _words(position: int) -> str:
    slap = position in list(Slap)
    return f"{position}: plain {Slap(position).words}" if slap else f"{position}: rolled {Finger(position).words}"


def _remarks(found: TenprintSet, verdict: Completeness) -> Iterator[str]:
    yield from map(str, found.problems)
    for finger, reason in found.missing.items():
        yield f"missing: {finger.words}, {reason.value}"
    for finger, advice in verdict.recapture.items():
        yield f"capture again: {finger.words}: {advice}"
    yield from verdict.warnings


def _images(
    text: str, arguments: argparse.Namespace, stated: dict[Finger, MissingReason], console: Console
) -> Iterator[tuple[int, FingerprintImage, Impression | None]]:
    name, _, rest = text.partition("=")
    position = NAMES.get(name) if rest else None
    if rest and name == PAGE:
        path, ppi = with_resolution(Path(rest))
        boxes = cut_page(load_image(path, **image_rules_for(arguments, ppi)))
        yield from ((place, image, None) for place, image in boxes.items())
        return
    path, ppi = with_resolution(Path(rest if position is not None else text))
    if position is None and is_record(path):
        yield from _of_record(path, arguments, stated, console)
        return
    rules = image_rules_for(arguments, ppi)
    image = load_image(path, **rules)
    yield int(position) if position is not None else int(segment(image).slap), image, None


def _of_record(
    path: Path, arguments: argparse.Namespace, stated: dict[Finger, MissingReason], console: Console
) -> Iterator[tuple[int, FingerprintImage, Impression | None]]:
    with naming_errors(path):
        limits = limits_of(arguments)
        content = read(path, limits=limits).content
        if not isinstance(content, Transaction):
            raise UsageError(f"{path}: expected an image or an ANSI/NIST transaction")
        mapped = card_of_transaction(content, ppi=arguments.ppi, limits=limits)
    for loss in mapped.losses:
        console.note(f"{path}: lost: {loss}")
    for finger, reason in mapped.value.missing.items():
        stated.setdefault(finger, reason)
    for position, image in mapped.value.images.items():
        yield position, image, mapped.value.impressions[position]


def _missing(text: str) -> tuple[Finger, MissingReason]:
    name, _, why = text.partition("=")
    finger, reason = NAMES.get(name), REASONS.get(why)
    if not isinstance(finger, Finger) or reason is None:
        raise UsageError(
            f"--missing: expected FINGER=amputated or FINGER=unable, such as right-ring=amputated, got {brief(text)}"
        )
    return finger, reason


def _write_templates(found: TenprintSet, arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        return
    make_folder(arguments.output)
    named = [(arguments.output / f"{one.position}-{int(one.finger)}.fpt", one.template) for one in found.prints]
    for path, _ in named:
        check_new(path, overwrite=arguments.overwrite)
    with output_errors(arguments.output):
        for path, template in named:
            if template is not None:
                template.save(path, overwrite=arguments.overwrite, keys=keys_of(arguments))


def _tell(found: TenprintSet, verdict: Completeness, console: Console) -> None:
    for one in found.prints:
        console.document(_facts(one))
        advice = f" ({one.quality.reason.value}: {one.quality.advice})" if one.quality.advice else ""
        console.text(f"{_words(one.position)}: {one.finger.words}, quality {one.quality.score}{advice}")
    for problem in found.problems:
        console.text(f"problem: {problem}")
    for finger, reason in found.missing.items():
        console.text(f"missing: {finger.words}, {reason.value}")
    for finger, what in verdict.recapture.items():
        console.text(f"capture again: {finger.words}: {what}")
    for warning in verdict.warnings:
        console.text(f"warning: {warning}")
    console.text(f"{'enough' if verdict.is_sufficient else 'not enough'} to {verdict.purpose.value}")
    console.document(
        {
            "summary": {
                "prints": len(found.prints),
                "problems": [
                    {
                        "kind": one.kind.value,
                        "fingers": [finger.words for finger in one.fingers],
                        "detail": one.detail,
                        "position": one.position,
                        "measures": dict(one.measures),
                    }
                    for one in found.problems
                ],
                "missing": {finger.words: reason.value for finger, reason in found.missing.items()},
                "purpose": verdict.purpose.value,
                "sufficient": verdict.is_sufficient,
                "missed_by_a_search": verdict.missed._asdict(),
                "capture_again": {finger.words: what for finger, what in verdict.recapture.items()},
            }
        }
    )


def _facts(one: CapturedPrint) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "finger": one.finger.words,
        "finger_code": int(one.finger),
        "position": one.position,
        "impression": one.impression.name.lower(),
        "quality": one.quality.score,
        "reason": one.quality.reason.value,
        "advice": one.quality.advice,
        "area_mm2": round(one.quality.area_mm2, 1),
        "minutiae": one.quality.minutiae,
    }
    if one.box is not None:
        facts["box"] = {
            "x": round(one.box.x, 1),
            "y": round(one.box.y, 1),
            "width": round(one.box.width, 1),
            "height": round(one.box.height, 1),
            "angle_deg": round(math.degrees(one.box.angle_rad), 1),
        }
    return facts
