"""``agencies keys``: one's own keys, the card that others get, and the directory of those that one knows."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import check_new, write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerprint_engine.exchange.agencies import AgencyCard, Directory


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``keys``."""
    works = parser.add_subparsers(title="what", metavar="WHAT", required=True)

    def work(name: str, summary: str, *words: tuple[str, str]) -> argparse.ArgumentParser:
        made = works.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        for word, text in words:
            made.add_argument(word, metavar=word.upper(), help=text)
        made.set_defaults(work=name)
        return made

    own, directory = (
        ("keys", "file of one's own keys; it never leaves the agency"),
        ("directory", "directory of others"),
    )
    agency = ("agency", "name of the agency, as others will spell it")
    work("make", "make the keys of an agency that has none", own, agency)
    work("renew", "make new keys; the old ones open what is on its way, and sign nothing more", own)
    work("card", "write the card with the public keys, to be given to others", own, ("card", "file of the card"))
    work("add", "put the card of another agency into the directory", directory, ("card", "file of the card"))
    work("retire", "trust a key of another agency no more", directory, agency, ("key", "its name, as list shows it"))
    work("list", "list the agencies of the directory and their keys", directory)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Make, renew, give, take or list keys."""
    from fingerprint_engine.exchange.agencies import AgencyCard, Directory, OwnKeys, read_directory, read_own_keys
    from fingerprint_engine.exchange.agencies.keys import read_key_file
    from fingerprint_engine.exchange.agencies.moments import moment_text

    at = moment_text(datetime.datetime.now(datetime.UTC))
    if arguments.work in ("make", "renew", "card"):
        path = Path(arguments.keys)
        if arguments.work == "make":
            check_new(path, overwrite=False)
            # Read back, so that a name which nobody could read is refused.
            own = OwnKeys.from_bytes(OwnKeys.make(arguments.agency, at).to_bytes())
            write_atomically(path, own.to_bytes(), overwrite=False)
        elif arguments.work == "renew":
            own = read_own_keys(path).renewed(at)
            write_atomically(path, own.to_bytes(), overwrite=True)
        else:
            own = read_own_keys(path)
            write_atomically(Path(arguments.card), own.card.to_bytes(), overwrite=False)
        _tell([own.card], console, at)
        return ExitCode.SUCCESS
    path = Path(arguments.directory)
    is_new = arguments.work == "add" and not path.exists()
    directory = Directory() if is_new else read_directory(path)
    if arguments.work == "add":
        directory = directory.with_card(AgencyCard.from_bytes(read_key_file(arguments.card)))
        _write(path, directory)
    elif arguments.work == "retire":
        directory = directory.with_retired(arguments.agency, arguments.key, at)
        _write(path, directory)
    _tell(directory.cards, console, at)
    return ExitCode.SUCCESS


def _write(path: Path, directory: Directory) -> None:
    write_atomically(path, directory.to_bytes(), overwrite=True)


def _tell(cards: Sequence[AgencyCard], console: Console, at: str) -> None:
    """Keys by name: the one that two agencies read to each other before they trust a card."""
    rows = [
        (
            card.agency,
            {"Ed25519": "signs", "X25519": "seals"}[key.curve],
            key.id,
            "in use" if key.is_in_use(at) else "retired",
        )
        for card in cards
        for key in card.keys
    ]
    console.table(("agency", "what", "key", "state"), rows)
    names = ("agency", "what", "key", "state")
    console.document({"keys": [dict(zip(names, row, strict=True)) for row in rows]})
