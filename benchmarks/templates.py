"""Templates of a set, kept on disk under a key that changes with image, resolution and extracting code."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, extraction_digest
from benchmarks.data_sets import DataSet
from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.evaluation import Sample
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import DEFAULT_EXTRACTOR, ExtractorName, pipeline_parameters
from fingerprint_engine.template import Template, build_template

KEEP_S = 86_400.0


@dataclasses.dataclass(frozen=True)
class SetTemplates:
    """What came of the images of one set; a sample that failed has an empty template and a reason."""

    samples: list[Sample]
    templates: list[Template]
    failures: dict[Sample, str]

    @property
    def has_failed(self) -> NDArray[np.bool_]:
        """Bool, one entry a sample."""
        return np.array([sample in self.failures for sample in self.samples], dtype=np.bool_)


def templates_of(
    data_set: DataSet,
    workers: int,
    fingers: int | None = None,
    cache: bool = True,
    extractor: ExtractorName = DEFAULT_EXTRACTOR,
) -> SetTemplates:
    """Extract the templates of a set, or of its first fingers; what was extracted before is read from disk."""
    parameters = pipeline_parameters(extractor)
    named = data_set.images
    if fingers is not None:
        kept = set(list(dict.fromkeys(sample.finger for sample, _ in named))[:fingers])
        named = [(sample, path) for sample, path in named if sample.finger in kept]
    folder = _folder() if cache else None
    stems = {path: _stem(path, data_set.ppi, parameters.digest()) for _, path in named}
    waiting = [path for _, path in named if folder is None or _kept(folder, stems[path]) is None]
    fresh: dict[Path, Template | str] = {}
    made = extract_many(waiting, ppi=data_set.ppi, workers=workers, parameters=parameters)
    for path, (_, outcome) in zip(waiting, made, strict=True):
        fresh[path] = str(outcome) if isinstance(outcome, ExtractionFailure) else outcome
        if folder is not None:
            _keep(folder, stems[path], fresh[path])
    outcomes = [fresh[path] if path in fresh else _kept(folder, stems[path]) for _, path in named]  # type: ignore[arg-type]
    failures = {sample: item for (sample, _), item in zip(named, outcomes, strict=True) if isinstance(item, str)}
    stand_in = build_template(
        Minutiae.empty(), shape=(8, 8), parameters_digest=parameters.digest()
    )  # never compared: pairs of a failed sample count 0 whatever the matcher says
    templates = [item if isinstance(item, Template) else stand_in for item in outcomes]
    return SetTemplates([sample for sample, _ in named], templates, failures)


def _folder() -> Path:
    root = RESULTS / "templates"
    folder = root / extraction_digest()
    folder.mkdir(parents=True, exist_ok=True)
    for old in root.iterdir():
        if old != folder and time.time() - old.stat().st_mtime > KEEP_S:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _stem(path: Path, ppi: float, parameters: bytes) -> str:
    return hashlib.sha256(f"{ppi!r};{parameters.hex()};".encode() + path.read_bytes()).hexdigest()[:32]


def _kept(folder: Path, stem: str) -> Template | str | None:
    made, failed = folder / f"{stem}.template", folder / f"{stem}.failure"
    if made.is_file():
        return Template.from_bytes(made.read_bytes())
    return failed.read_text() if failed.is_file() else None


def _keep(folder: Path, stem: str, outcome: Template | str) -> None:
    failed = isinstance(outcome, str)
    target = folder / f"{stem}.{'failure' if failed else 'template'}"
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(outcome.encode() if isinstance(outcome, str) else outcome.to_bytes())
    temporary.replace(target)
