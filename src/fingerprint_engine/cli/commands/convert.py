"""``convert IN OUT``: a file of prints in another format, with what was lost."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
from pathlib import Path

from fingerprint_engine.cli.arguments import add_image_rules, day, image_rules, limits_of, whole_number
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.outputs import check_new, write_atomically
from fingerprint_engine.exchange import (
    ConversionOptions,
    Document,
    Format,
    PlainImageRules,
    Target,
    ansi_nist,
    convert,
    image_codecs,
    read,
    read_card,
    target_of_name,
)
from fingerprint_engine.intake import naming_errors
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.regular_files import read_input

_TRANSACTIONS = frozenset({Target.ANSI_NIST, Target.ANSI_NIST_XML})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = "record, template or image, told by content; - is standard input"
    parser.add_argument("input", type=Path, metavar="IN", help=text)
    parser.add_argument("output", type=Path, metavar="OUT", help="file to write; its suffix chooses the format")
    text = "format to write; by default what the suffix of OUT says (.fpt .fmr .fir .an2 .xml .xyt .png .wsq .jp2 .raw)"
    parser.add_argument(
        "--to", choices=[str(target) for target in Target], metavar="FORMAT", help=f"{text}; one of {', '.join(Target)}"
    )
    text = "refuse faults in IN that are otherwise tolerated, and to lose anything"
    parser.add_argument("--strict", action="store_true", help=text)
    text = "IN holds minutiae in this card format of ISO/IEC 19794-2, which nothing in it says"
    parser.add_argument("--card", choices=("normal", "compact"), help=text)
    text = "which of several prints, from 1, where OUT holds one"
    parser.add_argument("--number", type=whole_number(1, 10_000), metavar="N", help=text)
    choices = ("raw", "wsq", "jpeg-2000", "jpeg-2000-lossless", "png")
    text = "of images in records (default png)"
    parser.add_argument("--compression", choices=choices, default="png", help=text)
    text = "add the engine's own template to minutiae records, as a block that others pass over"
    parser.add_argument("--native", action="store_true", help=text)
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it is there already")
    add_image_rules(parser)
    group = parser.add_argument_group("a new ANSI/NIST transaction needs")
    group.add_argument("--transaction-type", metavar="TOT", help="1.004")
    group.add_argument("--origin", metavar="ORI", help="sending agency, 1.008")
    group.add_argument("--destination", metavar="DAI", help="receiving agency, 1.007")
    group.add_argument("--control-number", metavar="TCN", help="1.009")
    group.add_argument("--captured", type=day, metavar="DATE", help="day on which the prints were taken, 2024-12-31")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read the file, whatever it is, and write it as what was asked for."""
    target = target_of_name(arguments.output) if arguments.to is None else Target(arguments.to)
    check_new(arguments.output, overwrite=arguments.overwrite)
    with naming_errors(arguments.input):
        document = _read(arguments)
        made = convert(document, target, options=_options(arguments, document, target), strict=arguments.strict)
    for warning in document.warnings:
        console.note(f"warning: {arguments.input}: {warning}")
    for loss in made.losses:
        console.note(f"lost: {loss}")
    write_atomically(arguments.output, made.value, overwrite=arguments.overwrite)
    console.text(
        f"{arguments.input} ({document.format}) written to {arguments.output} ({target}, {len(made.value)} bytes)"
    )
    console.document(
        {
            "input": str(arguments.input),
            "format": str(document.format),
            "output": str(arguments.output),
            "target": str(target),
            "bytes": len(made.value),
            "warnings": list(document.warnings),
            "losses": list(made.losses),
        }
    )
    return ExitCode.SUCCESS


def _read(arguments: argparse.Namespace) -> Document:
    """The input, told by content unless it is a card's."""
    limits = limits_of(arguments)
    data = read_input(arguments.input, limits.file_bytes)
    if arguments.card is None:
        return read(data, strict=arguments.strict, limits=limits)
    digest = DEFAULT_PARAMETERS.digest()
    return read_card(data, arguments.card, strict=arguments.strict, parameters_digest=digest, limits=limits)


def _options(arguments: argparse.Namespace, document: Document, target: Target) -> ConversionOptions:
    rules = image_rules(arguments)
    given = PlainImageRules(rules["polarity"], rules["colour"], rules["alpha"], rules["depth"])
    if given != PlainImageRules() and document.format is not Format.IMAGE:
        raise UsageError(f"--polarity, --colour, --alpha, --depth: expected an image, {arguments.input} is a record")
    options = ConversionOptions(
        ppi=arguments.ppi,
        rules=given,
        number=arguments.number,
        compression=image_codecs.Compression(arguments.compression),
        native=arguments.native,
        parameters_digest=DEFAULT_PARAMETERS.digest(),
    )
    if target is Target.CBEFF_XML:
        return dataclasses.replace(options, created=datetime.datetime.now().astimezone())
    if target not in _TRANSACTIONS or isinstance(document.content, ansi_nist.Transaction):
        return options
    names = ("transaction_type", "origin", "destination", "control_number", "captured")
    missing = [f"--{name.replace('_', '-')}" for name in names if getattr(arguments, name) is None]
    if missing:
        raise UsageError(f"a new transaction needs {', '.join(missing)}")
    header = ansi_nist.Header(
        transaction_type=arguments.transaction_type,
        destination=arguments.destination,
        origin=arguments.origin,
        control_number=arguments.control_number,
        created=datetime.datetime.now().astimezone(),
    )
    return dataclasses.replace(options, header=header, captured=arguments.captured)
