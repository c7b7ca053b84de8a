"""Writing files so that nothing half-written is ever seen and nothing is lost by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fingerprint_engine.cli.exit_codes import OutputError
from fingerprint_engine.whole_files import write_whole


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if absent.

    Raises
    ------
    OutputError
        When it cannot be made.
    """
    with output_errors(path):
        path.mkdir(parents=True, exist_ok=True)


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
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists already; --overwrite replaces it")


def check_picture(path: Path | None) -> None:
    """Refuse a picture that could not be written, before any work is done for it.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    ParameterError
        When the name's suffix is not that of a picture.
    OutputError
        When the folder does not exist.
    """
    if path is None:
        return
    from fingerprint_engine.visualization import canvas

    canvas.require_plots()
    canvas.check_format(path)
    if not path.parent.is_dir():
        raise OutputError(f"{path}: expected an existing folder, found no {path.parent}")


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
