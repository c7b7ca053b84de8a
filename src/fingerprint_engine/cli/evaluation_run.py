"""What `evaluate` does to the images: templates, then scores, each kept as soon as it is made."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.resources
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.outputs import make_folder, write_atomically
from fingerprint_engine.cli.prints import ImageRules
from fingerprint_engine.errors import TemplateError
from fingerprint_engine.evaluation import ListedImage, Pairs, ScoreJournal
from fingerprint_engine.matching import Matcher
from fingerprint_engine.pipeline import PipelineParameters
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__

BATCH_ROWS = 256
"""Rows of one probe that are noted at a time: what a killed run may lose."""


@dataclasses.dataclass(frozen=True, slots=True)
class Extracted:
    """Templates of the images, in their order; a text says why there is none."""

    outcomes: list[Template | str]
    made: int
    seconds: float

    @property
    def has_failed(self) -> NDArray[np.bool_]:
        """Bool, one entry an image."""
        return np.array([isinstance(item, str) for item in self.outcomes], dtype=np.bool_)


def extract_kept(
    images: Sequence[ListedImage],
    folder: Path,
    rules: ImageRules,
    workers: int,
    console: Console,
    parameters: PipelineParameters,
) -> Extracted:
    """Templates of images; those that an earlier run made of the same bytes in the same way are read from disk."""
    make_folder(folder)
    stems = [_stem(image, rules, parameters) for image in images]
    outcomes: list[Template | str | None] = [_kept(folder, stem) for stem in stems]
    waiting = [position for position, outcome in enumerate(outcomes) if outcome is None]
    by_ppi: dict[float | None, list[int]] = {}
    for position in waiting:
        by_ppi.setdefault(images[position].ppi or rules["ppi"], []).append(position)

    started = time.perf_counter()
    steps = (
        (position, outcome)
        for ppi, group in by_ppi.items()
        for position, (_, outcome) in zip(
            group,
            extract_many(
                [images[i].path for i in group],
                workers=workers,
                parameters=parameters,
                **ImageRules(**{**rules, "ppi": ppi}),
            ),
            strict=True,
        )
    )
    for position, outcome in console.progress(steps, total=len(waiting), label="extract"):
        kept = str(outcome) if isinstance(outcome, ExtractionFailure) else outcome
        outcomes[position] = kept
        data = kept.encode() if isinstance(kept, str) else kept.to_bytes()
        ending = "failure" if isinstance(kept, str) else "fpt"
        write_atomically(folder / f"{stems[position]}.{ending}", data, overwrite=True)
    seconds = time.perf_counter() - started
    return Extracted([item for item in outcomes if item is not None], len(waiting), seconds)


def compare_kept(
    extracted: Extracted, pairs: Pairs, labels: str, path: Path, console: Console
) -> tuple[ScoreJournal, float]:
    """Scores of all pairs, going on with the journal of a killed run; also the seconds a comparison made now took."""
    failed = extracted.has_failed
    with ScoreJournal(path, _run_digest(extracted, pairs, labels), len(pairs)) as journal:
        if journal.dropped:
            console.note(f"note: {path}: {journal.dropped} damaged or unfinished rows are made again")
        hopeless = journal.waiting[(failed[pairs.probe] | failed[pairs.reference])[journal.waiting]]
        journal.add(hopeless, np.zeros(len(hopeless)))
        waiting = journal.waiting
        batches = [
            rows[start : start + BATCH_ROWS]
            for probe in np.unique(pairs.probe[waiting])
            for rows in [waiting[pairs.probe[waiting] == probe]]
            for start in range(0, len(rows), BATCH_ROWS)
        ]
        started = time.perf_counter()
        for rows in console.progress(batches, total=len(batches), label="compare"):
            probe = _template(extracted, int(pairs.probe[rows[0]]))
            references = [_template(extracted, int(other)) for other in pairs.reference[rows]]
            journal.add(rows, Matcher(probe).scores(references))
        taken = (time.perf_counter() - started) / max(len(waiting), 1)
    return journal, taken if len(waiting) else float("nan")


def _template(extracted: Extracted, position: int) -> Template:
    found = extracted.outcomes[position]
    if isinstance(found, str):
        raise TemplateError("template: expected one, the image gave none")
    return found


def _stem(image: ListedImage, rules: ImageRules, parameters: PipelineParameters) -> str:
    """A name that changes with the image, how it is read and what is made of it."""
    settings = repr((sorted({**rules, "ppi": image.ppi or rules["ppi"]}.items()), __version__)).encode()
    try:
        data = image.path.read_bytes()
    except OSError as error:  # counted as a failure to extract by `extract_many`, which meets it again
        data = repr((str(image.path), error.errno)).encode()
    return hashlib.sha256(b";".join([parameters.digest(), settings, data])).hexdigest()[:32]


def _kept(folder: Path, stem: str) -> Template | str | None:
    made, failure = folder / f"{stem}.fpt", folder / f"{stem}.failure"
    try:
        if made.is_file():
            return Template.from_bytes(made.read_bytes())
    except TemplateError:
        return None  # damaged: made again
    return failure.read_text(encoding="utf-8") if failure.is_file() else None


def _run_digest(extracted: Extracted, pairs: Pairs, labels: str) -> str:
    """Changes with everything that the scores depend on."""
    digest = hashlib.sha256(f"{__version__};{labels};".encode())
    model = importlib.resources.files("fingerprint_engine.matching").joinpath("score_model.json")
    digest.update(model.read_bytes())
    for outcome in extracted.outcomes:
        digest.update(outcome.encode() if isinstance(outcome, str) else outcome.to_bytes())
    digest.update(np.ascontiguousarray(pairs.probe).tobytes() + np.ascontiguousarray(pairs.reference).tobytes())
    return digest.hexdigest()[:32]
