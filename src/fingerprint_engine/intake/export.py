"""A gallery out as template files, with a list that `read_enrolment_list` reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fingerprint_engine.errors import TemplateError
from fingerprint_engine.index import Gallery
from fingerprint_engine.intake.enrolment_list import Entry, enrolment_list
from fingerprint_engine.intake.reading import head_of
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.keys.errors import ProtectionError
from fingerprint_engine.keys.sealed_files import SEALED_FILE_MARK, is_sealed_file
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.template import Template
from fingerprint_engine.whole_files import write_whole

LIST_NAME = "list.csv"


def export_prints(
    gallery: Gallery,
    folder: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    resume: bool = False,
    progress: Callable[[int, int], object] | None = None,
    ring: KeyRing | None = None,
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
    ring
        What the template files are protected with; None: they are plain. The list stays readable in any case.

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
    target = path_of(folder, "folder")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = []
    keys = list(gallery)
    for number, key in enumerate(keys):
        template, details = gallery.get(key), gallery.details(key)
        path = target / f"{number:08d}.fpt"
        if not (resume and path.is_file() and _is_there(path, template, ring)):
            template.save(path, overwrite=overwrite or resume, keys=ring)
        entries.append(Entry(key, Path(path.name), details, template.finger))
        if progress is not None:
            progress(number + 1, len(keys))
    write_whole(target / LIST_NAME, enrolment_list(entries), overwrite=overwrite or resume)
    return target / LIST_NAME


def _is_there(path: Path, template: Template, ring: KeyRing | None) -> bool:
    """Whether a file holds a template, protected if it is to be."""
    if is_sealed_file(head_of(path, len(SEALED_FILE_MARK))) != (ring is not None):
        return False
    try:
        return Template.load(path, keys=ring) == template
    except (TemplateError, ProtectionError):
        return False
