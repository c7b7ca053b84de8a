"""MANY FILES IN, A TEMPLATE OR THE REASON WHY THERE IS NONE OUT FOR EACH, in the order given.

The recipe for one image is `pipeline.extract`. Here are the threads around it, and failures as values.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from fingerprint_engine.errors import (
    FailureReason,
    FailureToExtract,
    ImageError,
    InputError,
    LimitExceeded,
    MissingExtra,
    ResolutionWarning,
    UnreadableImage,
)
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, check_parameters, make_template
from fingerprint_engine.preprocessing import (
    AlphaRule,
    ColourRule,
    DepthRule,
    ImageCodec,
    PolarityRule,
    check_ppi,
    check_rules,
    load_image,
)
from fingerprint_engine.template import Template
from fingerprint_engine.text.plain import plain
from fingerprint_engine.threads import check_workers, in_order

ImagePath: TypeAlias = str | os.PathLike[str]
"""A file name."""
ImageEntry: TypeAlias = ImagePath | tuple[str, ImagePath] | tuple[str, ImagePath, float | None]
"""A file, a key and a file, or also the resolution of that file."""
_OF_AN_IMAGE = (FailureToExtract, ImageError)


@dataclasses.dataclass(frozen=True, slots=True)
class ExtractionFailure:
    """What `extract_many` yields in the place of a template.

    Attributes
    ----------
    key
        The key of the image.
    reason
        Why there is no template, as a value that can be counted.
    detail
        One sentence with what was expected and what was found.
    measures
        The measured numbers behind the decision, by name.
    """

    key: str
    reason: FailureReason
    detail: str
    measures: Mapping[str, float] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found: dict[str, Any] = plain(self)
        return found

    def __reduce__(self) -> tuple[type[ExtractionFailure], tuple[str, FailureReason, str, dict[str, float]]]:
        return type(self), (self.key, self.reason, self.detail, dict(self.measures))


def extract_many(
    paths: Iterable[ImageEntry],
    *,
    ppi: float | None = None,
    workers: int = 1,
    polarity: PolarityRule = "check",
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    limits: Limits = DEFAULT_LIMITS,
    codecs: Sequence[ImageCodec] | None = None,
) -> Iterator[tuple[str, Template | ExtractionFailure]]:
    """Make templates of many image files, in the order given; a file that fails does not stop the others.

    Parameters
    ----------
    paths
        File names, or pairs of a key and a file name; without a key the file name is the key. Triples also have the
        resolution of that file, or None. May be an endless iterator: at most a few files per worker are read ahead.
    ppi, polarity, colour, alpha, depth, codecs
        As in `load_image`, for all files.
    workers
        How many threads work side by side. The templates do not depend on it.
    parameters
        As in `extract`.
    limits
        What each file may cost; as many as there are workers are read at a time.

    Yields
    ------
    tuple
        The key, and the template or why there is none. What the ridges of a print say against the stated resolution is
        in `Template.resolution_finding`, or in the detail and measures of the failure.

    Raises
    ------
    ParameterError, InputError
        When `workers` is not a positive whole number, or an entry is neither a file name nor a pair.
    ModelError, MissingExtra
        As `extract`, before anything is read.

    Warns
    -----
    ResolutionWarning
        As `extract`, with the key.
    """
    check_workers(workers)
    if isinstance(paths, str | os.PathLike):
        raise InputError("paths: expected several file names, got one; put it in a list")
    if not isinstance(paths, Iterable):
        raise InputError(f"paths: expected several file names, got {type(paths).__name__}")
    check_parameters(parameters)
    parameters.reading.extractor()  # what cannot be used at all is no failure of every image
    check_rules(polarity=polarity, colour=colour, alpha=alpha, depth=depth)
    if ppi is not None:
        check_ppi(ppi)

    load = functools.partial(
        load_image, polarity=polarity, colour=colour, alpha=alpha, depth=depth, limits=limits, codecs=codecs
    )

    def template_or_failure(entry: ImageEntry) -> tuple[str, Template | ExtractionFailure]:
        key, path, own_ppi = _parts_of(entry)
        try:
            image = load(path, ppi=ppi if own_ppi is None else own_ppi)
        except (*_OF_AN_IMAGE, MissingExtra) as error:  # of a decoder: what extraction lacks is no fault of an image
            return key, _failure_of(key, error)
        try:
            return key, make_template(image, parameters=parameters, name=key)
        except _OF_AN_IMAGE as error:
            return key, _failure_of(key, error)

    return _warned(in_order(template_or_failure, paths, workers=workers))


def _failure_of(key: str, error: FailureToExtract | ImageError | MissingExtra) -> ExtractionFailure:
    if isinstance(error, FailureToExtract):
        return ExtractionFailure(key, error.reason, error.detail, error.measures)
    is_unreadable = isinstance(error, UnreadableImage | LimitExceeded | MissingExtra)
    return ExtractionFailure(
        key, FailureReason.UNREADABLE_IMAGE if is_unreadable else FailureReason.INVALID_IMAGE, str(error)
    )


def _warned(
    outcomes: Iterator[tuple[str, Template | ExtractionFailure]],
) -> Iterator[tuple[str, Template | ExtractionFailure]]:
    """The outcomes as they are, with a warning of each doubtful resolution in the thread that takes them."""
    for key, outcome in outcomes:
        if isinstance(outcome, Template) and outcome.resolution_finding is not None:
            warnings.warn(f"{key}: {outcome.resolution_finding}", ResolutionWarning, stacklevel=3)
        yield key, outcome


def _parts_of(entry: ImageEntry) -> tuple[str, ImagePath, float | None]:
    """Key, file and its own resolution."""
    if isinstance(entry, str | os.PathLike):
        return os.fspath(entry), entry, None
    if isinstance(entry, tuple) and len(entry) in (2, 3) and isinstance(entry[1], str | os.PathLike):
        return str(entry[0]), entry[1], entry[2] if len(entry) == 3 else None
    raise InputError(f"paths: expected a file name or a pair of key and file name, got {type(entry).__name__}")
