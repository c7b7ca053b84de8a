"""``gallery list`` and ``gallery remove``: single prints of a gallery."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.protection import protection_of
from fingerprint_engine.errors import AbsentGallery, UnknownKey
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.index.storage.reading import is_gallery

MAX_NAMED = 5
"""Keys in one message."""


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Which prints are listed."""
    parser.add_argument("--subject", action="append", metavar="SUBJECT", help="only prints of this one; repeatable")


def add_remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Which prints go."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="keys of prints, as `gallery list` shows them")
    text = "all prints of this one; repeatable"
    parser.add_argument("--subject", action="append", default=[], metavar="SUBJECT", help=text)
    text = "write files anew afterwards, so that nothing of what was removed is left in any"
    parser.add_argument("--compact", action="store_true", help=text)


def list_prints(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Say what is enrolled under which key."""
    wanted = None if arguments.subject is None else set(arguments.subject)
    rows = []
    with Gallery.open(arguments.gallery, read_only=True, **protection_of(arguments)) as gallery:
        for key, details, finger in _prints(gallery):
            if wanted is not None and (details.subject or key) not in wanted:
                continue
            expires = "" if details.expires is None else details.expires.isoformat()
            words = "" if finger is Finger.UNKNOWN else finger.words
            rows.append((key, details.subject or "", words, details.category or "", details.site or "", expires))
            shown = {"key": key, "subject": details.subject, "finger": finger.words}
            known = {"category": details.category, "site": details.site, "expires": expires or None}
            console.document({**shown, **known})
        size = len(gallery)
    header = ("key", "subject", "finger", "category", "site", "expires")
    if rows:
        kept = [place for place in range(len(header)) if place == 0 or any(row[place] for row in rows)]
        console.table([header[place] for place in kept], [[row[place] for place in kept] for row in rows])
        console.text()
    console.text(f"{len(rows)} of {size} prints in {arguments.gallery}")
    console.document({"summary": {"listed": len(rows), "prints": size, "exit_code": 0}})
    return ExitCode.SUCCESS


def remove_prints(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Remove what was named, all of it or nothing."""
    if not arguments.keys and not arguments.subject:
        raise UsageError("expected a KEY or --subject SUBJECT, got neither; see 'fingerprint-engine gallery remove -h'")
    require_gallery(arguments.gallery)
    with Gallery.open(arguments.gallery, **protection_of(arguments)) as gallery:
        keys = _chosen(gallery, arguments.keys, arguments.subject)
        removed = gallery.remove_many(keys)
        size = len(gallery)
        if arguments.compact:
            gallery.compact()
    console.text(f"{removed} removed from {arguments.gallery}, which now holds {size}")
    if not arguments.compact:
        console.text("  their bytes stay in its files until 'gallery compact'")
    summary = {"removed": removed, "gallery_size": size, "compacted": arguments.compact, "exit_code": 0}
    console.document({"summary": summary})
    return ExitCode.SUCCESS


def require_gallery(path: Path) -> None:
    """Refuse to look after a gallery that is not there: opening it for writing would make one."""
    if not is_gallery(path):
        raise AbsentGallery(f"{path}: expected a gallery, but there is none")


def _chosen(gallery: Gallery, keys: list[str], subjects: list[str]) -> list[str]:
    """The keys that go; all that was named is there, or nothing goes."""
    missing = [key for key in dict.fromkeys(keys) if key not in gallery]
    if missing:
        more = f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
        raise UnknownKey(f"no such key: {', '.join(missing[:MAX_NAMED])}{more}; nothing was removed")
    chosen = dict.fromkeys(keys)
    for subject in dict.fromkeys(subjects):
        held = [
            view.key(row)
            for view in gallery.snapshot().views
            for row in view.subject_rows(subject).tolist()
            if view.alive[row]
        ]
        if not held:
            raise UnknownKey(f"no such subject: {subject}; nothing was removed")
        chosen |= dict.fromkeys(held)
    return list(chosen)


def _prints(gallery: Gallery) -> Iterator[tuple[str, PrintDetails, Finger]]:
    """What is kept beside the templates, which are not read."""
    for view in gallery.snapshot().views:
        for row in np.flatnonzero(view.alive).tolist():
            yield view.key(row), view.details(row), Finger(int(view.traits.finger[row]))
