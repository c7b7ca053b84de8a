"""Opening a registry from the command line: where it is, who acts, for which purpose, in which language."""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.cli.arguments import add_extractor, add_image_rules, extraction, image_rules, not_blank
from fingerprint_engine.cli.exit_codes import UsageError
from fingerprint_engine.cli.protection import PLACES, add_stations, keys_of, place_of_keys, stations_of
from fingerprint_engine.errors import FailureToExtract, MissingExtra
from fingerprint_engine.fingers import Finger
from fingerprint_engine.intake import is_record, prints_in, read_print
from fingerprint_engine.limits import DEFAULT_LIMITS
from fingerprint_engine.regular_files import read_regular

if TYPE_CHECKING:
    from fingerprint_engine.records import Capture, Registry, Session
    from fingerprint_engine.records.messages import Messages
    from fingerprint_engine.template import Template

Print = TypeVar("Print")
_POSITIONS = {finger.words.replace(" ", "-"): finger for finger in Finger}


class Given(NamedTuple, Generic[Print]):
    """Prints that were given, and the last day on which whoever gave them lets them be kept; None: none is stated."""

    prints: list[Print]
    last_day: datetime.date | None


def needs_records() -> None:
    """Say how to install what a registry needs if it is not there.

    Raises
    ------
    MissingExtra
    """
    if importlib.util.find_spec("sqlalchemy") is None or importlib.util.find_spec("alembic") is None:
        raise MissingExtra("registries need SQLAlchemy and Alembic", "records")


def add_registry(parser: argparse.ArgumentParser, purpose: str) -> None:
    """Declare where the registry is, and whose session it is."""
    text = "file of the registry (SQLite), or URL of a PostgreSQL database"
    parser.add_argument("registry", type=not_blank(f"a {text}"), metavar="REGISTRY", help=text)
    group = parser.add_argument_group("session")
    text = "account of whoever acts, as the audit trail names it (default: that of this machine)"
    group.add_argument("--actor", default=os.environ.get("USER") or "unnamed", metavar="WORD", help=text)
    text = f"purpose, one of the policy's{f' (default {purpose})' if purpose else ''}"
    group.add_argument("--purpose", default=purpose, metavar="WORD", help=text)
    group.add_argument("--site", default="", metavar="WORD", help="where this happens")
    text = "TOML file of what is allowed and how long records are kept (default: the example of the package)"
    group.add_argument("--policy", type=Path, metavar="FILE", help=text)
    text = "folder of the galleries (default: beside the file; in memory for PostgreSQL)"
    group.add_argument("--galleries", type=Path, metavar="DIR", help=text)
    text = f"what it, its galleries and the template files are protected with: {PLACES}"
    group.add_argument("--registry-keys", dest="ring", type=place_of_keys, metavar="KEYS", help=text)
    text = "language of the answer: en (default), es, fr, it or pt"
    group.add_argument("--language", choices=("en", "es", "fr", "it", "pt"), default="en", help=text)


def add_prints(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare fingers."""
    text = "template or image of a finger; POSITION=FILE names an image's finger, as right-index=a.png"
    given = not_blank("a file or POSITION=FILE", _POSITIONS)
    parser.add_argument("prints", nargs="+" if required else "*", type=given, metavar="PRINT", help=text)
    add_image_rules(parser)
    add_extractor(parser)
    add_stations(parser)


def captures_of(
    arguments: argparse.Namespace, words: list[str] | None = None, folder: Path | None = None
) -> Given[Capture]:
    """Fingers that were named, with the files of their images when these are to be kept."""
    from fingerprint_engine.records import Capture

    captures: list[Capture] = []
    days: list[datetime.date] = []
    for template, path, ppi, last_day in _read(arguments, words, folder, takes_records=True):
        image = read_regular(path, DEFAULT_LIMITS.file_bytes) if arguments.keep_images and ppi else None
        captures.append(Capture(template, image=image, ppi=ppi or 500.0))
        days += [] if last_day is None else [last_day]
    return Given(captures, min(days, default=None))


def given_prints(
    arguments: argparse.Namespace, words: list[str] | None = None, folder: Path | None = None
) -> Given[Template]:
    """Templates of the fingers that were named, those of other agencies' records among them."""
    read = list(_read(arguments, words, folder, takes_records=True))
    days = [last_day for *_, last_day in read if last_day is not None]
    return Given([template for template, *_ in read], min(days, default=None))


def prints_of(
    arguments: argparse.Namespace, words: list[str] | None = None, folder: Path | None = None
) -> list[Template]:
    """Templates of the fingers that were named.

    Parameters
    ----------
    arguments
        With the rules for images.
    words
        Files; those of the command line by default.
    folder
        That files are relative to.
    """
    return [template for template, *_ in _read(arguments, words, folder)]


def _read(
    arguments: argparse.Namespace, words: list[str] | None, folder: Path | None, *, takes_records: bool = False
) -> Iterator[tuple[Template, Path, float, datetime.date | None]]:
    """Templates with their files, the resolution of the image (0: none is read), and the last day that is stated.

    Records of other agencies are taken where the last day that they state can be kept.
    """
    rules, parameters, stations = image_rules(arguments), extraction(arguments), stations_of(arguments)
    for word in arguments.prints if words is None else words:
        position, _, name = word.rpartition("=")
        if position and position not in _POSITIONS:
            name, position = word, ""
        path = Path(name) if folder is None else folder / name
        if stations is None and takes_records and not position and is_record(path):
            yield from _of_record(path, arguments)
            continue
        read = read_print(path, parameters=parameters, keys=keys_of(arguments), stations=stations, **rules)
        template = _at(read.template, _POSITIONS[position]) if position else read.template
        yield template, path, read.image.ppi if read.image is not None else 0.0, None


def _of_record(
    path: Path, arguments: argparse.Namespace
) -> Iterator[tuple[Template, Path, float, datetime.date | None]]:
    """The prints of a record; those that give no template are left out, one at least has to give one."""
    rules = image_rules(arguments)
    read = prints_in(
        path,
        ppi=rules["ppi"],
        polarity=rules["polarity"],
        parameters=extraction(arguments),
        limits=rules["limits"],
    )
    failures = [one.outcome for one in read.prints if isinstance(one.outcome, ExtractionFailure)]
    if len(failures) == len(read.prints):
        first = failures[0]
        raise FailureToExtract(first.reason, f"{path}: {first.detail}", first.measures)
    for one in read.prints:
        if not isinstance(one.outcome, ExtractionFailure):
            yield one.outcome, path, 0.0, read.last_day


def place_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Where database, policy and galleries are."""
    galleries = arguments.galleries
    if galleries is None and "://" not in arguments.registry:
        galleries = Path(f"{arguments.registry}.galleries")
    return {
        "place": arguments.registry,
        "policy": arguments.policy,
        "galleries": galleries,
        "keys": keys_of(arguments),
    }


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[tuple[Registry, Session, Messages]]:
    """The registry, a session and the texts of a language."""
    from fingerprint_engine.records import Registry
    from fingerprint_engine.records.messages import messages

    if not arguments.purpose:
        raise UsageError("--purpose: expected one of the policy's")
    with (
        Registry.open(**place_of(arguments)) as registry,
        registry.session(actor=arguments.actor, purpose=arguments.purpose, site=arguments.site) as session,
    ):
        yield registry, session, messages(arguments.language)


def _at(template: Template, finger: Finger) -> Template:
    from fingerprint_engine.records.following.live_prints import positioned

    return positioned(template, finger)
