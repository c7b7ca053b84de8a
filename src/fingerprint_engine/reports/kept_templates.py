"""Templates of an evaluation's images, each kept on disk as soon as it is made."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.errors import InputError, TemplateError
from fingerprint_engine.evaluation import ListedImage
from fingerprint_engine.intake import ImageRules
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.limits import DEFAULT_LIMITS
from fingerprint_engine.pipeline import PipelineParameters
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__
from fingerprint_engine.whole_files import write_whole


@dataclasses.dataclass(frozen=True, slots=True)
class Extracted:
    """What became of the images.

    Attributes
    ----------
    outcomes
        In the order of the images: a template, or a text that says why there is none.
    made
        How many were extracted now; the others an earlier run had made.
    seconds
        What that took.
    """

    outcomes: tuple[Template | str, ...]
    made: int
    seconds: float

    @property
    def has_failed(self) -> NDArray[np.bool_]:
        """Bool, one entry per image."""
        return np.array([isinstance(item, str) for item in self.outcomes], dtype=np.bool_)

    def template(self, position: int) -> Template:
        """The template of an image.

        Raises
        ------
        TemplateError
            When there is none.
        """
        found = self.outcomes[position]
        if isinstance(found, str):
            raise TemplateError("template: expected one, the image gave none")
        return found


def rules_of(image: ListedImage, rules: ImageRules) -> ImageRules:
    """How an image is read: as all are, at the resolution that its list states."""
    return ImageRules(**{**rules, "ppi": image.ppi or rules.get("ppi")})


def extract_kept(
    images: Sequence[ListedImage],
    folder: Path,
    rules: ImageRules,
    *,
    workers: int,
    parameters: PipelineParameters,
    progress: Callable[[int, int], object],
    keys: KeyRing | None = None,
) -> Extracted:
    """Templates of images; those that an earlier run made of the same bytes in the same way are read from disk.

    With keys they are sealed there; what a run without keys left is not used.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = "" if keys is None else "-sealed"
    stems = [_stem(image, rules, parameters) + mark for image in images]
    outcomes: list[Template | str | None] = [_kept(folder, stem, keys) for stem in stems]
    waiting = [position for position, outcome in enumerate(outcomes) if outcome is None]
    progress(0, len(waiting))
    started = time.perf_counter()
    made = _made([images[position] for position in waiting], rules, workers, parameters)
    for done, (index, outcome) in enumerate(made, 1):
        position = waiting[index]
        kept = str(outcome) if isinstance(outcome, ExtractionFailure) else outcome
        outcomes[position] = kept
        if isinstance(kept, str):
            write_whole(folder / f"{stems[position]}.failure", kept.encode(), overwrite=True)
        else:
            kept.save(folder / f"{stems[position]}.fpt", overwrite=True, keys=keys)
        progress(done, len(waiting))
    seconds = time.perf_counter() - started
    return Extracted(tuple(item for item in outcomes if item is not None), len(waiting), seconds)


def _made(
    images: Sequence[ListedImage], rules: ImageRules, workers: int, parameters: PipelineParameters
) -> Iterator[tuple[int, Template | ExtractionFailure]]:
    """Position and outcome of each image; those of one resolution are extracted together."""
    by_ppi: dict[float | None, list[int]] = {}
    for position, image in enumerate(images):
        by_ppi.setdefault(image.ppi or rules.get("ppi"), []).append(position)
    for group in by_ppi.values():
        paths = [images[position].path for position in group]
        shared = rules_of(images[group[0]], rules)
        outcomes = extract_many(paths, workers=workers, parameters=parameters, **shared)
        yield from zip(group, (outcome for _, outcome in outcomes), strict=True)


def _stem(image: ListedImage, rules: ImageRules, parameters: PipelineParameters) -> str:
    """A name that changes with the image, how it is read and what is made of it."""
    settings = repr((sorted(_plain_rules(rules_of(image, rules)).items()), __version__)).encode()
    try:
        data = read_regular(image.path, rules.get("limits", DEFAULT_LIMITS).file_bytes)
    except (OSError, InputError) as error:  # counted as a failure to extract by `extract_many`, which meets it again
        data = repr((str(image.path), type(error).__name__, getattr(error, "errno", None))).encode()
    return hashlib.sha256(b";".join([parameters.digest(), settings, data])).hexdigest()[:32]


def _plain_rules(rules: ImageRules) -> dict[str, object]:
    """The rules as values that look the same in every process."""
    codecs = rules.get("codecs")
    return {**rules, "codecs": None if codecs is None else [type(codec).__qualname__ for codec in codecs]}


def _kept(folder: Path, stem: str, keys: KeyRing | None) -> Template | str | None:
    made, failure = folder / f"{stem}.fpt", folder / f"{stem}.failure"
    try:
        if made.is_file():
            return Template.load(made, max_bytes=DEFAULT_LIMITS.file_bytes, keys=keys)
        return read_regular(failure, DEFAULT_LIMITS.file_bytes).decode() if failure.is_file() else None
    except (TemplateError, UnicodeDecodeError):
        return None  # damaged: made again
