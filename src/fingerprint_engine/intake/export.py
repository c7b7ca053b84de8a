"""A gallery out as template files, with a list that `read_enrolment_list` reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fingerprint_engine.index import Gallery
from fingerprint_engine.intake.enrolment_list import Entry, enrolment_list
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.whole_files import write_whole

LIST_NAME = "list.csv"


def export_prints(
    gallery: Gallery,
    folder: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    resume: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write each template to a file of its own, and what is known of it to a list.

    Files are called by a running number, because keys may be anything.

    Parameters
    ----------
    gallery
        What to write.
    folder
        Where to; created if absent.
    overwrite
        Whether files that exist are replaced.
    resume
        Whether templates that are there already are passed over, and other files replaced.
    progress
        Called with the number of prints written and of all.

    Returns
    -------
    Path
        Of the list.

    Raises
    ------
    FileExistsError
        When a file exists and neither `overwrite` nor `resume` is set.
    OSError
        When a file cannot be written.
    """
    target = Path(folder)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = []
    keys = list(gallery)
    for number, key in enumerate(keys):
        template, details = gallery.get(key), gallery.details(key)
        path = target / f"{number:08d}.fpt"
        data = template.to_bytes()
        if not (resume and path.is_file() and read_regular(path, path.stat().st_size) == data):
            write_whole(path, data, overwrite=overwrite or resume)
        entries.append(Entry(key, Path(path.name), details, template.finger))
        if progress is not None:
            progress(number + 1, len(keys))
    write_whole(target / LIST_NAME, enrolment_list(entries), overwrite=overwrite or resume)
    return target / LIST_NAME
