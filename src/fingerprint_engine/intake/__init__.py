"""FILES AND FOLDERS IN, PRINTS OUT.

In come paths: images, templates, records of other agencies, lists of what to enrol under which key. Out go templates,
with their image where one was read, or the reason why there is none; told by content, never by name. Into a gallery
they go many at a time, and out of it again as files with a list that can be taken in elsewhere. `warming` gets a
process ready before the first one. The room must not know how a print is found or compared, and nothing of persons
beyond the text that a list gives.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fingerprint_engine.intake.enrolment import enrol_files
    from fingerprint_engine.intake.enrolment_list import Entry, entries_of, read_enrolment_list
    from fingerprint_engine.intake.export import export_prints
    from fingerprint_engine.intake.files import files_in, with_resolution
    from fingerprint_engine.intake.reading import (
        ImageRules,
        Print,
        is_template,
        naming_errors,
        read_print,
        read_template,
    )
    from fingerprint_engine.intake.records import FilePrint, FilePrints, is_record, prints_in

_HOME = {
    "Entry": "enrolment_list",
    "FilePrint": "records",
    "FilePrints": "records",
    "ImageRules": "reading",
    "Print": "reading",
    "enrol_files": "enrolment",
    "entries_of": "enrolment_list",
    "export_prints": "export",
    "files_in": "files",
    "is_record": "records",
    "is_template": "reading",
    "naming_errors": "reading",
    "prints_in": "records",
    "read_enrolment_list": "enrolment_list",
    "read_print": "reading",
    "read_template": "reading",
    "with_resolution": "files",
}

__all__ = [
    "Entry",
    "FilePrint",
    "FilePrints",
    "ImageRules",
    "Print",
    "enrol_files",
    "entries_of",
    "export_prints",
    "files_in",
    "is_record",
    "is_template",
    "naming_errors",
    "prints_in",
    "read_enrolment_list",
    "read_print",
    "read_template",
    "with_resolution",
]


def __getattr__(name: str) -> Any:
    """Load a part of the room when it is first used: who reads one print needs no gallery."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
