"""``--keys`` and ``--expect``: what a gallery is protected with, and which state it must be in."""

from __future__ import annotations

import argparse
import getpass
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from fingerprint_engine.cli.exit_codes import UsageError
from fingerprint_engine.keys import KeyRing, Stations
from fingerprint_engine.text.shown import brief

if TYPE_CHECKING:
    from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead

PLACES = "a file of keys, prompt:FILE for one with a passphrase, env:NAME, or command:WORDS that prints it"


_BEHIND = {"prompt": "the name of a file", "env": "the name of a variable", "command": "the words of a command"}
"""What stands behind the colon."""


class Protection(TypedDict):
    """Keywords of `Gallery.open`."""

    keys: KeyRing | None
    expected: GalleryHead | None


class Secured(TypedDict):
    """Keywords of `read_print`."""

    keys: KeyRing | None
    stations: Stations | None


def add_keys(parser: argparse.ArgumentParser, *, expects: bool = True) -> None:
    """Declare ``--keys`` and, for commands that open a gallery that is there, ``--expect``."""
    text = f"what the gallery is protected with: {PLACES}"
    parser.add_argument("--keys", dest="ring", type=place_of_keys, metavar="KEYS", help=text)
    if expects:
        text = "what `gallery head` printed earlier: an older or another state is refused"
        parser.add_argument("--expect", metavar="HEAD", help=text)


def place_of_keys(text: str) -> str:
    """A place that keys may be at, as words say it."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"expected {PLACES}, got {brief(text)}")
    kind, found, rest = text.partition(":")
    if found and kind in _BEHIND and not rest.strip():
        raise argparse.ArgumentTypeError(f"expected {_BEHIND[kind]} after {kind}:, got {brief(rest)}")
    return text


def add_stations(parser: argparse.ArgumentParser) -> None:
    """Declare ``--stations``."""
    text = "stations that are trusted (`keys station` makes the file): template files must be signed by one of them"
    parser.add_argument("--stations", type=Path, metavar="FILE", help=text)


def stations_of(arguments: argparse.Namespace) -> Stations | None:
    """The stations that were given; None when none were."""
    path = getattr(arguments, "stations", None)
    return None if path is None else Stations.from_file(path)


def protection_of(arguments: argparse.Namespace) -> Protection:
    """What was given, as keywords."""
    from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead  # verify needs no gallery

    expected = getattr(arguments, "expect", None)
    return Protection(keys=keys_of(arguments), expected=None if expected is None else GalleryHead.parse(expected))


def keys_of(arguments: argparse.Namespace) -> KeyRing | None:
    """The keys that were given, read once: a passphrase is asked for once; None when none were given."""
    if isinstance(arguments.ring, str):
        arguments.ring = read_keys(arguments.ring)
    ring: KeyRing | None = arguments.ring
    return ring


def read_keys(place: str) -> KeyRing:
    """The keys at a place, as `place_of_keys` takes it.

    Raises
    ------
    ProtectionError, UsageError
    """
    kind, found, rest = place.partition(":")
    if not found or kind not in _BEHIND:
        return KeyRing.from_file(place)
    if kind == "env":
        return KeyRing.from_environment(rest)
    if kind == "prompt":
        return KeyRing.from_file(rest, passphrase=asked(f"Passphrase of {rest}: "))
    try:
        return KeyRing.from_command(shlex.split(rest))
    except ValueError as error:
        raise UsageError(f"keys: command: {error}") from None


def asked(prompt: str) -> str:
    """What was typed, unseen."""
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise UsageError("passphrase: expected one, the input ended") from None
