"""``agencies check`` and ``agencies catch-up``: whether a bundle is whole, and which number comes next."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
from pathlib import Path

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.commands.registry.opening import add_registry, needs_records, opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``check``."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="file of the bundle")
    parser.add_argument(
        "--directory", type=Path, required=True, metavar="FILE", help="directory of agencies and their keys"
    )
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


def declare_catch_up(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``catch-up``."""
    add_registry(parser, "exchange")
    parser.add_argument("--to", required=True, metavar="AGENCY", help="the other agency")
    text = "the last number that it has seen: its refusal, `agencies check` of the last bundle sent, or a call tells"
    parser.add_argument("--after", type=whole_number(1, 2**53), required=True, metavar="N", help=text)


def catch_up(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Go on behind a number."""
    from fingerprint_engine.records.agencies import pass_over_numbers

    needs_records()
    with opened(arguments) as (_, session, _):
        following = pass_over_numbers(session, arguments.to, arguments.after)
    console.text(f"{arguments.to}: the next bundle has number {following}")
    console.document({"agency": arguments.to, "next": following})
    return ExitCode.SUCCESS
