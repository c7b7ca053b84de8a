"""``agencies check``: whoever passes a bundle on sees whether it is whole, without being able to read it."""

from __future__ import annotations

import argparse
import dataclasses
import datetime

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``check``."""
    parser.add_argument("bundle", metavar="BUNDLE", help="file of the bundle")
    parser.add_argument("--directory", required=True, metavar="FILE", help="directory of agencies and their keys")
    parser.add_argument("--receiver", metavar="AGENCY", help="for whom it has to be (default: anybody)")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Check a bundle."""
    from fingerprint_engine.exchange.agencies import check_bundle, read_directory

    directory = read_directory(arguments.directory)
    head = check_bundle(
        arguments.bundle, directory, at=datetime.datetime.now(datetime.UTC), receiver=arguments.receiver
    ).head
    console.text(f"{head.kind.value} {head.bundle}: number {head.number} of {head.sender} for {head.receiver}")
    console.text(f"  {head.count} records, whole and in order; in force until {head.expires_at[:16]}")
    console.document(dataclasses.asdict(head) | {"kind": head.kind.value})
    return ExitCode.SUCCESS
