"""``convert IN OUT``: a file of prints in another format, with what was lost."""

from __future__ import annotations

import argparse
import dataclasses
import datetime

from fingerprint_engine.cli.arguments import UsageError
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import check_new, write_atomically
from fingerprint_engine.cli.prints import naming_errors
from fingerprint_engine.exchange import (
    ConversionOptions,
    Document,
    Target,
    ansi_nist,
    convert,
    image_codecs,
    read,
    read_card,
    target_of_name,
)
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS


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
    if arguments.card is None:
        return read(arguments.input, strict=arguments.strict)
    return read_card(
        arguments.input, arguments.card, strict=arguments.strict, parameters_digest=DEFAULT_PARAMETERS.digest()
    )


def _options(arguments: argparse.Namespace, document: Document, target: Target) -> ConversionOptions:
    options = ConversionOptions(
        ppi=arguments.ppi,
        number=arguments.number,
        compression=image_codecs.Compression(arguments.compression),
        native=arguments.native,
        parameters_digest=DEFAULT_PARAMETERS.digest(),
    )
    if target is not Target.ANSI_NIST or isinstance(document.content, ansi_nist.Transaction):
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
