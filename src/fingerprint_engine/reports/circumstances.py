"""Under which circumstances an evaluation was made: what a page that is cited has to state."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.reports.evaluation_run import Evaluation
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__

SHOWN_DIGEST = 16
MAX_RESOLUTIONS = 4
MAX_BYTES = 10_000_000


def circumstances(evaluation: Evaluation, made_at: datetime.datetime | None) -> list[tuple[str, str]]:
    """Name and value of each; `made_at` is now where nobody said."""
    at = datetime.datetime.now(datetime.UTC) if made_at is None else made_at
    extractor = type(evaluation.parameters.reading).__name__.removesuffix("Parameters").lower()
    digest = evaluation.parameters.digest().hex()[:SHOWN_DIGEST]
    changed = repr(evaluation.parameters)
    parameters = f"{digest}, defaults" if changed == "PipelineParameters()" else f"{digest}: {changed}"
    return [
        ("version", f"fingerprint-matching-engine {__version__}"),
        ("extractor", extractor),
        ("parameters", parameters),
        ("resolution", _resolutions(evaluation)),
        ("protocol", evaluation.plan.protocol),
        ("date", at.strftime("%Y-%m-%d %H:%M %Z").strip()),
        ("machine", f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"),
        (
            "software",
            f"Python {sys.version.split()[0]}, numpy {np.__version__}, numba {importlib.metadata.version('numba')}; "
            f"{evaluation.workers} thread{'s' if evaluation.workers > 1 else ''} of extraction",
        ),
    ]


def _resolutions(evaluation: Evaluation) -> str:
    """Of the images that gave a template."""
    found = sorted({round(item.source_ppi, 1) for item in evaluation.extracted.outcomes if isinstance(item, Template)})
    shown = ", ".join(f"{ppi:g}" for ppi in found[:MAX_RESOLUTIONS]) + (" …" if len(found) > MAX_RESOLUTIONS else "")
    return f"{shown} ppi"


def _processor() -> str:
    """What the system calls the processor."""
    try:
        lines = read_regular(Path("/proc/cpuinfo"), MAX_BYTES).decode(errors="replace").splitlines()
    except (OSError, InputError):
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown processor")
