"""``mark GALLERY FILE…``: whose finger may have left a mark: a ranked list for an examiner, never a hit."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_workers,
    extraction,
    image_rules_for,
    limits_of,
    whole_number,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError, exit_code_of, exit_code_of_items, message_of
from fingerprint_engine.cli.outputs import add_overwrite, check_picture, save_picture
from fingerprint_engine.cli.protection import add_keys, keys_of, protection_of
from fingerprint_engine.cli.scope import add_scope, scope, tell_left_out
from fingerprint_engine.errors import FingerprintEngineError, ParameterError, UnsupportedRecord
from fingerprint_engine.exchange import read
from fingerprint_engine.exchange.ansi_nist import Transaction
from fingerprint_engine.exchange.transaction_prints import marks_of_transaction
from fingerprint_engine.index import Gallery, MarkCandidates
from fingerprint_engine.intake import is_record, is_template, naming_errors, read_template, with_resolution
from fingerprint_engine.matching import compare, fmr_of_score
from fingerprint_engine.preprocessing import FingerprintImage, load_image
from fingerprint_engine.tenprint import Mark, MarkParameters, MarkRegion, Upright, mark_of_templates, read_mark
from fingerprint_engine.visualization import draw_match, evidence_in_words

_NUMBER = r"-?\d{1,6}(?:\.\d{1,6})?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_RECTANGLE = re.compile(rf"({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})")
_UPRIGHT = re.compile(rf"({_NUMBER})(?:,({_NUMBER}))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY", help="folder of the gallery")
    text = (
        "an image of a mark; an ANSI/NIST transaction with marks (Type-13) or an examiner's minutiae (Type-9); "
        "another record of minutiae, or a template; several are searched for one by one"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text)
    text = (
        "where ridges of the mark are, in pixels of the image: LEFT,TOP,WIDTH,HEIGHT or corners 'X,Y X,Y X,Y ...'; "
        "may be given several times for one image"
    )
    parser.add_argument("--region", action="append", type=region, default=[], metavar="REGION", help=text)
    text = "where the end of the finger points: degrees counter-clockwise from upright, and how far that may be wrong"
    parser.add_argument("--upright", type=upright, metavar="DEG[,TOLERANCE]", help=text)
    text = "all files are parts of one mark, or marks of one finger: merge their regions"
    parser.add_argument("--one-mark", action="store_true", help=text)
    text = "length of the candidate list (default 20)"
    parser.add_argument("--max-candidates", type=whole_number(1, 1000), default=20, metavar="N", help=text)
    text = "write a picture of the evidence for the first candidate of one mark: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    add_overwrite(parser, "pictures")
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    add_keys(parser)
    add_scope(parser)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read the marks, search for each, and say what was searched."""
    check_picture(arguments.picture, overwrite=arguments.overwrite)
    if arguments.region and len(arguments.files) > 1:
        raise UsageError(f"--region: expected one image with it, got {len(arguments.files)} files")
    codes: list[ExitCode] = []
    marks = list(_read_all(arguments, console, codes))
    if arguments.one_mark:
        names = ", ".join(str(path) for path in arguments.files)
        marks = [(names, Mark.joined(mark for _, mark, _ in marks), None)]
    if arguments.picture is not None and len(marks) > 1:
        raise UsageError(f"--picture: expected one mark, got {len(marks)}")
    damaged = arguments.skip_damaged
    with Gallery.open(arguments.gallery, read_only=True, skip_damaged=damaged, **protection_of(arguments)) as gallery:
        for name, mark, image in marks:
            found = gallery.search_mark(
                mark, max_candidates=arguments.max_candidates, workers=arguments.workers, **scope(arguments)
            )
            _tell(name, mark, found, console)
            unread = {str(number): str(failure) for number, failure in mark.unread.items()}
            console.document({"mark": name, "gallery": str(arguments.gallery), "unread": unread, **found.as_dict()})
            if arguments.picture is not None:
                _draw(mark, found, gallery, image, arguments, console)
            is_answer = found.is_complete and found.receipt.searched
            codes.append(ExitCode.SUCCESS if is_answer else ExitCode.UNDECIDED)
    return exit_code_of_items(codes)


def _read_all(
    arguments: argparse.Namespace, console: Console, codes: list[ExitCode]
) -> Iterator[tuple[str, Mark, FingerprintImage | None]]:
    """The marks of all files; of several, one that cannot be used does not stop the others, and its code is noted."""
    for path in arguments.files:
        try:
            yield from _marks(path, arguments, console)
        except (FingerprintEngineError, OSError) as error:
            if len(arguments.files) == 1 or arguments.one_mark:
                raise
            message = message_of(error)
            console.note(message if str(path) in message else f"{path}: {message}")
            console.document({"mark": str(path), "error": type(error).__name__, "detail": message})
            codes.append(exit_code_of(error))


def region(text: str) -> MarkRegion:
    """A rectangle or the corners of a polygon."""
    try:
        rectangle = _RECTANGLE.fullmatch(text)
        if rectangle is not None:
            return MarkRegion.rectangle(*map(float, rectangle.groups()))
        corners = [_PAIR.fullmatch(word) for word in text.split()]
        if corners and all(corners):
            return MarkRegion.of(map(float, corner.groups()) for corner in corners if corner is not None)
    except ParameterError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    raise argparse.ArgumentTypeError(f"expected LEFT,TOP,WIDTH,HEIGHT or corners 'X,Y X,Y X,Y ...', got {text!r:.60}")


def upright(text: str) -> Upright:
    """Degrees, with a tolerance or without."""
    words = _UPRIGHT.fullmatch(text)
    if words is None:
        raise argparse.ArgumentTypeError(f"expected degrees, such as 20 or 20,10, got {text!r:.60}")
    try:
        return Upright(*(float(word) for word in words.groups() if word is not None))
    except ParameterError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _marks(
    path: Path, arguments: argparse.Namespace, console: Console
) -> Iterator[tuple[str, Mark, FingerprintImage | None]]:
    """The marks of a file, by name, with their images where there are some."""
    path, ppi = with_resolution(path)
    parameters = MarkParameters(pipeline=extraction(arguments))
    if is_template(path):
        template, _ = read_template(path, limits=limits_of(arguments), keys=keys_of(arguments))
        yield str(path), mark_of_templates([template], upright=arguments.upright), None
    elif is_record(path):
        if arguments.region:
            raise UsageError("--region: expected an image with it, got a record; regions of records are in field 9.300")
        yield from _of_record(path, arguments, parameters, console)
    else:
        image = load_image(path, **image_rules_for(arguments, ppi))
        yield str(path), read_mark(image, arguments.region, upright=arguments.upright, parameters=parameters), image


def _of_record(
    path: Path, arguments: argparse.Namespace, parameters: MarkParameters, console: Console
) -> Iterator[tuple[str, Mark, FingerprintImage | None]]:
    limits, found = limits_of(arguments), 0
    with naming_errors(path):
        document = read(path, limits=limits)
        losses: tuple[str, ...] = ()
        if isinstance(document.content, Transaction):
            mapped = marks_of_transaction(document.content, ppi=arguments.ppi, limits=limits)
            losses = mapped.losses
            for found, one in enumerate(mapped.value, 1):
                mark = read_mark(
                    one.image,
                    () if one.region is None else (one.region,),
                    minutiae=one.minutiae,
                    singular_points=one.singular_points,
                    upright=arguments.upright or one.upright,
                    finger=one.finger,
                    parameters=parameters,
                )
                yield _numbered(path, found, len(mapped.value)), mark, one.image
        if not found:
            made = document.templates(ppi=arguments.ppi, parameters_digest=parameters.pipeline.digest())
            losses = made.losses
            for found, template in enumerate(made.value, 1):
                mark = mark_of_templates([template], upright=arguments.upright)
                yield _numbered(path, found, len(made.value)), mark, None
        for loss in losses:
            console.note(f"{path}: lost: {loss}")
        if not found:
            raise UnsupportedRecord("expected a mark (Type-13) or minutiae, found neither")


def _numbered(path: Path, number: int, count: int) -> str:
    return str(path) if count == 1 else f"{path}: {number}"


def _tell(name: str, mark: Mark, found: MarkCandidates, console: Console) -> None:
    receipt = found.receipt
    for absence in receipt.absent:
        console.note(f"warning: {absence}")
    for number, failure in mark.unread.items():
        console.note(f"{name}: region {number}: not read: {failure}")
    console.text(f"{name}: {receipt.searched} of {receipt.eligible} enrolled prints were searched")
    for reading in receipt.readings:
        console.text(f"  {reading}")
    tell_left_out(receipt, console)
    if receipt.turned_away:
        console.text(f"  {receipt.turned_away} left out: the mark would point elsewhere on them")
    console.text(f"  decision: {receipt.decision}")
    console.text()
    cells = (
        (c.rank, c.subject, c.key, float(c.score), evidence_in_words(fmr_of_score(c.score))) for c in found.candidates
    )
    console.table(("rank", "subject", "key", "score", "what the score means for a single comparison"), cells)


def _draw(
    mark: Mark,
    found: MarkCandidates,
    gallery: Gallery,
    image: FingerprintImage | None,
    arguments: argparse.Namespace,
    console: Console,
) -> None:
    """Draw the evidence for the first candidate, by the look that matches best of the reading that does."""
    if not found.candidates:
        console.note("note: no picture: there is no candidate")
        return
    best = found.candidates[0].matches[0]
    reference = gallery.get(best.key)
    looks = [(compare(look, reference), look) for look in mark.readings[best.probe].templates]
    match, probe = max(looks, key=lambda look: look[0].score)
    picture = draw_match(match, probe, reference, probe_image=image)
    save_picture(picture, arguments.picture, overwrite=arguments.overwrite)
    console.text(f"  picture: {arguments.picture}")
