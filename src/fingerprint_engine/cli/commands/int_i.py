"""``int-i check | build | answer``: INTERPOL's transactions."""

from __future__ import annotations

import argparse
import datetime
import re
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import add_image_rules, add_limits, day, image_rules, limits_of, whole_number
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.outputs import add_overwrite, check_new, write_atomically
from fingerprint_engine.exchange import ansi_nist, interpol
from fingerprint_engine.exchange.ansi_nist.tables.field_table import spec_named
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.intake import naming_errors
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.regular_files import read_input
from fingerprint_engine.text.shown import brief

_REQUESTS = ("CPS", "NPS", "MPS", "ATP")
_IMAGE = re.compile(r"(.+?):(\d{1,2})(?::(\d{1,2}))?")
_ORGANIZATION = re.compile(r"(.+):([A-Z]{3})")
_MISSING = re.compile(r"(10|[1-9])=(UP|XX)")
_CANDIDATE = re.compile(r"(\d{1,4})/(\d{1,4})")
_COARSE_PPI = 750
"""Below it WSQ is written, as INT-I has it for 500 ppi; above it JPEG 2000 without loss."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    text = "name the rules of INT-I that a transaction breaks, each with its code"
    check = actions.add_parser("check", help=text, description=f"{text[0].upper()}{text[1:]}.")
    check.add_argument("file", type=Path, metavar="FILE", help="a transaction in XML or the traditional encoding")
    text = "name what INTERPOL's own samples do as well, which is tolerated otherwise"
    check.add_argument("--strict", action="store_true", help=text)
    text = "numbers of such contradictions to tolerate, with commas between them (default: all nine)"
    check.add_argument("--forgive", type=_numbers, metavar="NUMBERS", help=text)
    add_limits(check)
    check.set_defaults(action=_check)

    text = "make a request of images"
    build = actions.add_parser("build", help=text, description=f"{text[0].upper()}{text[1:]}.")
    build.add_argument("kind", choices=_REQUESTS, help="type of transaction")
    text = "FILE:POSITION or FILE:POSITION:IMPRESSION, by the codes of the standard (default rolled, 1; latents 4)"
    build.add_argument("images", nargs="+", metavar="IMAGE", help=text)
    text = "the receiver: name and country in three letters, INTERPOL:XPO"
    build.add_argument("--to", type=_organization, required=True, metavar="NAME:ISO", help=text)
    build.add_argument("--captured", type=day, required=True, metavar="DATE", help="day on which the prints were taken")
    text = "a finger that is not printed (UP) or printed in part (XX), such as 5=UP; may be given several times"
    build.add_argument("--missing", action="append", type=_missing, default=[], metavar="FINGER=REASON", help=text)
    add_image_rules(build)
    _add_envelope(build)
    build.set_defaults(action=_build)

    text = "answer a request: a candidate, none, or an error"
    answer = actions.add_parser("answer", help=text, description=f"{text[0].upper()}{text[1:]}.")
    answer.add_argument("request", type=Path, metavar="REQUEST", help="transaction to answer")
    kinds = answer.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--hit", type=_candidate, metavar="N/TOTAL", help="a candidate, one a message")
    kinds.add_argument("--no-hit", action="store_true", help="nothing was found")
    codes = ", ".join(f"{code:03d}" for code in interpol.ERRORS)
    kinds.add_argument("--error", type=int, choices=interpol.ERRORS, metavar="CODE", help=f"one of {codes}")
    answer.add_argument("--verified", action="store_true", help="a person confirmed the candidate")
    answer.add_argument("--at-fault", default="", metavar="MNEMONIC", help="the field that the error is about")
    add_limits(answer)
    _add_envelope(answer)
    answer.set_defaults(action=_answer)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    code: ExitCode = arguments.action(arguments, console)
    return code


def _add_envelope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the transaction")
    text = "the sender: name and country in three letters"
    parser.add_argument("--from", dest="sender", type=_organization, required=True, metavar="NAME:ISO", help=text)
    text = "number of the transaction, used once in the year, for its control number"
    parser.add_argument("--serial", type=whole_number(0, 10**12 - 1), required=True, metavar="N", help=text)
    parser.add_argument("--priority", type=whole_number(1, 9), metavar="N", help="1 (highest) to 9")
    text = "a Type-2 field, such as CRN=DEU/1234 or NAM='|Ada||Doe'; may be given several times"
    parser.add_argument("--field", action="append", type=_field, default=[], metavar="MNEMONIC=VALUE", help=text)
    encodings = tuple(ansi_nist.Encoding)
    parser.add_argument("--encoding", choices=encodings, default="xml", help="xml (default) or traditional")
    add_overwrite(parser, "the transaction")


def _check(arguments: argparse.Namespace, console: Console) -> ExitCode:
    transaction = _read(arguments.file, arguments)
    forgiven = frozenset(()) if arguments.strict else arguments.forgive
    found = interpol.violations(transaction, interpol.TOLERANT if forgiven is None else interpol.Peer(forgiven))
    last = interpol.last_day(transaction)
    listed = [one._asdict() | {"meaning": interpol.ERRORS[one.code]} for one in found]
    facts = {"type": transaction.context.transaction_type, "last_day": None if last is None else last.isoformat()}
    console.document({"file": str(arguments.file), **facts, "violations": listed})
    for one in found:
        console.text(str(one))
    if last is not None:
        console.text(f"to be deleted by {last.isoformat()} (2.092)")
    console.text(f"{arguments.file}: {len(found)} rules broken" if found else f"{arguments.file}: keeps the rules")
    return ExitCode.BAD_INPUT if found else ExitCode.SUCCESS


def _build(arguments: argparse.Namespace, console: Console) -> ExitCode:
    check_new(arguments.output, overwrite=arguments.overwrite)
    images = [_image(text, arguments) for text in arguments.images]
    envelope, fields = _envelope(arguments, arguments.to), _fields(arguments.field)
    made = interpol.build_request(arguments.kind, envelope, images, fields, missing=dict(arguments.missing))
    return _written(made, arguments, console)


def _answer(arguments: argparse.Namespace, console: Console) -> ExitCode:
    check_new(arguments.output, overwrite=arguments.overwrite)
    request = _read(arguments.request, arguments)
    envelope = _envelope(arguments, _sender_of(request))
    if arguments.hit is not None:
        number, total = arguments.hit
        fields = _fields(arguments.field)
        made = interpol.hit(request, envelope, fields, number=number, total=total, verified=arguments.verified)
    elif arguments.no_hit:
        made = interpol.no_hit(request, envelope)
    else:
        made = interpol.error(request, envelope, arguments.error, arguments.at_fault)
    return _written(made, arguments, console)


def _read(path: Path, arguments: argparse.Namespace) -> ansi_nist.Transaction:
    limits = limits_of(arguments)
    with naming_errors(path):
        return ansi_nist.loads(read_input(path, limits.file_bytes), lenient=True, limits=limits)


def _written(made: ansi_nist.Transaction, arguments: argparse.Namespace, console: Console) -> ExitCode:
    data, losses = ansi_nist.encoded(made, arguments.encoding)
    for loss in losses:
        console.note(f"lost: {loss}")
    write_atomically(arguments.output, data, overwrite=arguments.overwrite)
    header = ansi_nist.View(made.header)
    console.text(f"{header['TOT']} {header['TCN']} written to {arguments.output} ({len(data)} bytes)")
    facts = {"type": header["TOT"], "control_number": header["TCN"], "bytes": len(data), "losses": list(losses)}
    console.document({"output": str(arguments.output), **facts})
    return ExitCode.SUCCESS


def _envelope(arguments: argparse.Namespace, receiver: interpol.Organization) -> interpol.Envelope:
    now = datetime.datetime.now().astimezone()
    return interpol.Envelope(arguments.sender, receiver, now, arguments.serial, arguments.priority)


def _sender_of(request: ansi_nist.Transaction) -> interpol.Organization:
    names: Any = ansi_nist.View(request.header)["ANM"]
    if not isinstance(names, dict) or not names.get("OAN") or not names.get("OAC"):
        raise UsageError("the request does not name its sender (1.017): it cannot be answered")
    return interpol.Organization(names["OAN"], names["OAC"])


def _image(text: str, arguments: argparse.Namespace) -> ansi_nist.ImageRecord:
    match = _IMAGE.fullmatch(text)
    if match is None or not match[1].strip():
        raise UsageError(f"IMAGE: expected FILE:POSITION, got {brief(text)}")
    latent = arguments.kind == "MPS"
    image = load_image(match[1], **image_rules(arguments))
    compression = Compression.WSQ if image.ppi < _COARSE_PPI else Compression.JPEG_2000_LOSSLESS
    compression = Compression.PNG if latent else compression
    rows, cols = image.shape
    return ansi_nist.ImageRecord(
        encode(image, compression),
        compression,
        position=int(match[2]),
        impression=int(match[3]) if match[3] else 4 if latent else 1,
        cols=cols,
        rows=rows,
        ppi=round(image.ppi),
        captured=arguments.captured,
    )


def _fields(given: list[tuple[str, str]]) -> dict[str, Any]:
    """Values by mnemonic: items between bars, fields that are given several times as subfields."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, value in given:
        found.setdefault(name, []).append(tuple(value.split("|")))
    made: dict[str, Any] = {}
    for name, subfields in found.items():
        repeats = spec_named(2, name, "INT-I").repeats
        if not repeats and len(subfields) > 1:
            raise UsageError(f"--field {name}: expected once")
        made[name] = subfields if repeats else subfields[0] if len(subfields[0]) > 1 else subfields[0][0]
    return made


def _organization(text: str) -> interpol.Organization:
    match = _ORGANIZATION.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected a name and a country such as INTERPOL:XPO, got {brief(text)}")
    return interpol.Organization(match[1], match[2])


def _candidate(text: str) -> tuple[int, int]:
    match = _CANDIDATE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected a number and the total such as 1/3, got {brief(text)}")
    return int(match[1]), int(match[2])


def _field(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        raise argparse.ArgumentTypeError(f"expected MNEMONIC=VALUE, got {brief(text)}")
    return name, value


def _missing(text: str) -> tuple[int, str]:
    match = _MISSING.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected a finger and UP or XX such as 5=UP, got {brief(text)}")
    return int(match[1]), match[2]


def _numbers(text: str) -> frozenset[int]:
    parts = [part for part in text.split(",") if part]
    if not all(part.isdigit() and int(part) in interpol.CONTRADICTIONS for part in parts):
        raise argparse.ArgumentTypeError(f"expected numbers of 1 to {max(interpol.CONTRADICTIONS)}, got {brief(text)}")
    return frozenset(map(int, parts))
