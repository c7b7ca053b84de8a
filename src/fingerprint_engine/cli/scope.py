"""What of a gallery is searched, as `identify` and `mark` are told."""

from __future__ import annotations

import argparse
from typing import Any

from fingerprint_engine.cli.arguments import day, number_between
from fingerprint_engine.cli.console import Console
from fingerprint_engine.index import SearchFilter
from fingerprint_engine.index.search.identification import SearchCoverage


def add_scope(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare the arguments; the group is open for more."""
    group = parser.add_argument_group("what is searched")
    group.add_argument("--category", action="append", metavar="WORD", help="only prints of this category; repeatable")
    group.add_argument("--site", action="append", metavar="WORD", help="only prints of this site; repeatable")
    group.add_argument("--on", type=day, metavar="DAY", help="day that decides what has expired (default: today)")
    group.add_argument("--include-expired", action="store_true", help="search what has expired as well")
    group.add_argument("--exhaustive", action="store_true", help="compare every print instead of a shortlist")
    group.add_argument("--skip-damaged", action="store_true", help="search what is left of a damaged gallery")
    text = "end each search after so many seconds with what it has"
    group.add_argument("--deadline", type=number_between(0.0, 1e9), metavar="SECONDS", help=text)
    return group


def scope(arguments: argparse.Namespace) -> dict[str, Any]:
    """The keywords of `Gallery.identify` and `Gallery.search_mark` that were given."""
    where = SearchFilter(
        categories=frozenset(arguments.category) if arguments.category else None,
        sites=frozenset(arguments.site) if arguments.site else None,
        on=arguments.on,
        include_expired=arguments.include_expired,
    )
    return {"where": where, "exhaustive": arguments.exhaustive, "deadline_s": arguments.deadline}


def tell_left_out(receipt: SearchCoverage, console: Console) -> None:
    """Say which prints were not searched, and why."""
    for exclusion in receipt.filtered:
        console.text(f"  {exclusion.count} not asked for: {exclusion.reason}")
    for exclusion in receipt.excluded:
        console.text(f"  {exclusion.count} not searched: {exclusion.reason}")
