"""The words of the commands that work on galleries."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_workers,
    day,
    number_between,
    rate,
    whole_number,
)

ACTIONS = {
    "info": "say what is in a gallery and what was measured on it",
    "check": "look at every byte of a gallery; with --absent, that nothing of a removed print is left",
    "repair": "make a damaged gallery usable again, keep what is sound and name what is lost",
    "compact": "write files anew without what was removed; an older format becomes the present one",
    "export": "write all prints as template files with a list that `enrol --list` reads",
    "measure": "measure on the gallery itself what its shortlist keeps and how high strangers score",
}


def enrol(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``enrol``."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY")
    text = "images, templates or folders of them; key = name, no suffix"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=text)
    text = "CSV file: key, path (relative to it) and, if wanted, subject, finger, category, site, expires"
    parser.add_argument("--list", type=Path, metavar="CSV", help=text)
    text = "pass over keys that are enrolled already, to go on after a run that was stopped"
    parser.add_argument("--resume", action="store_true", help=text)
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)


def identify(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``identify``."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY")
    text = "image or template file, or a folder of them; several are searched for one by one"
    parser.add_argument("probes", nargs="+", type=Path, metavar="PROBE", help=text)
    parser.add_argument("--one-person", action="store_true", help="the probes are fingers of one person: fuse them")
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    text = "length of the candidate list (default 20)"
    parser.add_argument("--max-candidates", type=whole_number(1, 100_000), default=20, metavar="N", help=text)
    text = "how often a finger that is not in the gallery may hit, 0 to 1 (default 1e-3)"
    parser.add_argument("--max-fpir", type=rate, default=1e-3, metavar="RATE", help=text)
    group = parser.add_argument_group("what is searched")
    group.add_argument("--category", action="append", metavar="WORD", help="only prints of this category; repeatable")
    group.add_argument("--site", action="append", metavar="WORD", help="only prints of this site; repeatable")
    group.add_argument("--on", type=day, metavar="DAY", help="day that decides what has expired (default: today)")
    group.add_argument("--include-expired", action="store_true", help="search what has expired as well")
    text = "only prints of the probe's finger position, and of unknown ones"
    group.add_argument("--same-finger", action="store_true", help=text)
    group.add_argument("--exhaustive", action="store_true", help="compare every print instead of a shortlist")
    group.add_argument("--skip-damaged", action="store_true", help="search what is left of a damaged gallery")
    text = "end each search after so many seconds with what it has"
    group.add_argument("--deadline", type=number_between(0.0, 1e9), metavar="SECONDS", help=text)


def dedupe(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``dedupe``."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY")
    text = "how often two strangers' prints may match, 0 to 1 (default 1e-6)"
    parser.add_argument("--max-fmr", type=rate, default=1e-6, metavar="RATE", help=text)
    parser.add_argument(
        "--journal", type=Path, metavar="FILE", help="keeps what is done; a run that was stopped goes on"
    )
    add_workers(parser)


def gallery(
    parser: argparse.ArgumentParser, kind: type[argparse.ArgumentParser], parents: list[argparse.ArgumentParser]
) -> None:
    """Actions of ``gallery``."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True, parser_class=kind, dest="action")
    for name, summary in ACTIONS.items():
        made = actions.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:] + ".", parents=parents
        )
        made.add_argument("gallery", type=Path, metavar="GALLERY")
        if name == "check":
            text = "also prove that nothing of this key is left in any file"
            made.add_argument("--absent", action="append", default=[], metavar="KEY", help=text)
        if name == "export":
            made.add_argument("output", type=Path, metavar="DIR", help="folder of the templates; is created")
            made.add_argument("--overwrite", action="store_true", help="replace templates that are there already")
            made.add_argument("--resume", action="store_true", help="pass over templates that are there already")
        if name == "measure":
            text = "most prints to search for (default 1000)"
            made.add_argument("--probes", type=whole_number(1, 1_000_000), default=1000, metavar="N", help=text)
