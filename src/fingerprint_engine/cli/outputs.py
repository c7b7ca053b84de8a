"""Writing files so that nothing half-written is ever seen and nothing is lost by mistake."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_engine.cli.exit_codes import OutputError
from fingerprint_engine.whole_files import write_whole

if TYPE_CHECKING:
    from fingerprint_engine.visualization import Picture

PAGES = (".html", ".htm")
PRIVATE_FOLDER = 0o700
"""Permissions of a folder that its owner alone may enter."""


def make_folder(path: Path, *, private: bool = True) -> None:
    """Make a folder and those above it, if absent.

    Parameters
    ----------
    path
        Of the folder.
    private
        Whether a new folder is for its owner alone, because templates, scores or prints of people go into it.

    Raises
    ------
    OutputError
        When it cannot be made.
    """
    with output_errors(path):
        path.mkdir(mode=PRIVATE_FOLDER if private else 0o777, parents=True, exist_ok=True)


def write_atomically(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        When the file exists and `overwrite` is false, or it cannot be written.
    """
    with output_errors(path):
        write_whole(path, data, overwrite=overwrite)


def check_new(path: Path, *, overwrite: bool) -> None:
    """Refuse an output that exists, before any work is done for it.

    Raises
    ------
    OutputError
        When the file exists and `overwrite` is false.
    """
    if os.path.lexists(path) and not overwrite:
        raise OutputError(f"{path}: exists already; --overwrite replaces it")


def add_overwrite(parser: argparse.ArgumentParser, what: str) -> None:
    """The option without which nothing is replaced."""
    parser.add_argument("--overwrite", action="store_true", help=f"replace {what} that are there already")


def check_picture(path: Path | None, *, overwrite: bool) -> None:
    """Refuse a picture that could not be written, before any work is done for it.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    ParameterError
        When the name's suffix is not that of a picture.
    OutputError
        When the folder does not exist, or the picture does and `overwrite` is false.
    """
    if path is None:
        return
    from fingerprint_engine.visualization import canvas

    canvas.require_plots()
    canvas.check_format(path)
    _check_place(path, overwrite=overwrite)


def check_page(path: Path | None, *, overwrite: bool) -> None:
    """Refuse a page that could not be written, before any work is done for it.

    Raises
    ------
    MissingExtra
        When Jinja or matplotlib is not installed.
    OutputError
        When the name is not that of a page, the folder does not exist, or the page does and `overwrite` is false.
    """
    if path is None:
        return
    from fingerprint_engine.reports import require_reports

    require_reports()
    if path.suffix.lower() not in PAGES:
        raise OutputError(f"{path}: expected a name that ends in {' or '.join(PAGES)}")
    _check_place(path, overwrite=overwrite)


def _check_place(path: Path, *, overwrite: bool) -> None:
    if not path.parent.is_dir():
        raise OutputError(f"{path}: expected an existing folder, found no {path.parent}")
    check_new(path, overwrite=overwrite)


def save_picture(picture: Picture, path: Path, *, overwrite: bool) -> Path:
    """Write a picture whole or not at all.

    Raises
    ------
    OutputError
        When the file exists and `overwrite` is false, or it cannot be written.
    """
    with output_errors(path):
        return picture.save(path, overwrite=overwrite)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors about an output into `OutputError`."""
    try:
        yield
    except FileExistsError as error:
        raise OutputError(f"{error.filename2 or path}: exists already; --overwrite replaces it") from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
