"""``gallery head`` and ``gallery rekey``: which state a gallery is in, and under which keys."""

from __future__ import annotations

import argparse

from fingerprint_engine.cli.commands.gallery.prints import require_gallery
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.protection import protection_of, read_keys
from fingerprint_engine.index import Gallery


def head(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print the head."""
    with Gallery.open(arguments.gallery, read_only=True, **protection_of(arguments)) as gallery:
        found = gallery.head
    console.text(str(found))
    console.document({"gallery": str(arguments.gallery), "head": str(found), "state": found.counter})
    return ExitCode.SUCCESS


def rekey(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Put the gallery under other keys."""
    require_gallery(arguments.gallery)
    new = read_keys(arguments.new)
    with Gallery.open(arguments.gallery, **protection_of(arguments)) as gallery:
        gallery.change_keys(new)
        count = len(gallery)
    console.text(f"{arguments.gallery}: {count} prints under key {new.key_id}")
    console.document({"gallery": str(arguments.gallery), "prints": count, "key_id": new.key_id})
    return ExitCode.SUCCESS
