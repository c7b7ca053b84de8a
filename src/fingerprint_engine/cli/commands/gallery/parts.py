"""``gallery split`` and ``gallery join``: a gallery in shards that can be searched together, and one again."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.protection import keys_of
from fingerprint_engine.cluster.splitting import MAX_SHARDS, join, split


def add_split_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``split``."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the shards; is created")
    text = "how many; all prints of a subject come into the same one"
    parser.add_argument("--shards", type=whole_number(1, MAX_SHARDS), required=True, metavar="N", help=text)


def add_join_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``join``."""
    parser.add_argument("shards", nargs="+", type=Path, metavar="SHARD", help="galleries whose prints go into GALLERY")


def split_gallery(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Make shards."""
    with console.bar("split") as show:
        paths = split(arguments.gallery, arguments.folder, arguments.shards, progress=show, keys=keys_of(arguments))
    console.document({"gallery": str(arguments.gallery), "shards": [str(path) for path in paths]})
    console.text(f"{len(paths)} shards in {arguments.folder}")
    return ExitCode.SUCCESS


def join_gallery(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Make one gallery of shards."""
    with console.bar("join") as show:
        prints = join(arguments.shards, arguments.gallery, progress=show, keys=keys_of(arguments))
    console.document({"gallery": str(arguments.gallery), "prints": prints})
    console.text(f"{prints} prints in {arguments.gallery}")
    return ExitCode.SUCCESS
