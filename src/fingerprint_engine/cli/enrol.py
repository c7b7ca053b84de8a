"""``enrol GALLERY FILES``: put prints into a gallery; what fails is counted, the rest goes on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.enrol_list import keys_and_files
from fingerprint_engine.cli.exit_codes import ExitCode, exit_code_of, message_of, worst
from fingerprint_engine.cli.prints import ImageRules, extraction, image_rules, is_template, read_template
from fingerprint_engine.errors import (
    DuplicateKey,
    FailureToExtract,
    FingerprintEngineError,
    IncompatibleTemplates,
    InputError,
)
from fingerprint_engine.index import Gallery
from fingerprint_engine.pipeline import AnyPipelineParameters, ExtractionFailure, extract_many
from fingerprint_engine.template import Template

Enrolment = tuple[str, Path, Template | Exception]


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Enrol templates as they are and images after extraction."""
    pairs, parameters = keys_and_files(arguments.files, arguments.list), extraction(arguments)
    codes: list[ExitCode] = []
    with Gallery.open(arguments.gallery) as gallery:
        prints = _prints(pairs, image_rules(arguments), arguments.workers, parameters)
        for key, path, outcome in console.progress(prints, total=len(pairs), label="enrol"):
            failure = _enrol(gallery, key, outcome)
            if failure is None:
                codes.append(ExitCode.SUCCESS)
                console.document({"key": key, "file": str(path), "outcome": "enrolled"})
                continue
            codes.append(exit_code_of(failure))
            message = message_of(failure)
            console.note(message if str(path) in message else f"{path}: {message}")
            detail = {"error": type(failure).__name__, "detail": message}
            console.document({"key": key, "file": str(path), "outcome": "not enrolled", **detail})
        size = len(gallery)

    enrolled = codes.count(ExitCode.SUCCESS)
    console.text(f"{enrolled} enrolled in {arguments.gallery}, which now holds {size}")
    if enrolled < len(codes):
        console.text(f"{len(codes) - enrolled} not enrolled")
    summary = {"enrolled": enrolled, "not_enrolled": len(codes) - enrolled, "gallery_size": size}
    console.document({"summary": summary | {"exit_code": int(worst(codes))}})
    return worst(codes)


def _enrol(gallery: Gallery, key: str, outcome: Template | Exception) -> Exception | None:
    """Enrol one print; what is wrong with the print itself is returned, what is wrong with the gallery is raised."""
    if isinstance(outcome, Exception):
        return outcome
    try:
        gallery.enrol(key, outcome)
    except (DuplicateKey, IncompatibleTemplates, InputError) as error:
        return error
    return None


def _prints(
    pairs: list[tuple[str, Path]], rules: ImageRules, workers: int, parameters: AnyPipelineParameters
) -> Iterator[Enrolment]:
    """Template or failure of each file: template files first, then images, each in the order given."""
    images: list[tuple[str, Path]] = []
    for key, path in pairs:
        try:
            if not is_template(path):
                images.append((key, path))
                continue
            outcome: Template | Exception = read_template(path)
        except (FingerprintEngineError, OSError) as error:
            outcome = error
        yield key, path, outcome
    outcomes = extract_many(images, workers=workers, parameters=parameters, **rules)
    for (key, path), (_, outcome_or_failure) in zip(images, outcomes, strict=True):
        if isinstance(outcome_or_failure, ExtractionFailure):
            detail = outcome_or_failure.detail.removeprefix(f"{path}: ")
            yield key, path, FailureToExtract(outcome_or_failure.reason, detail, outcome_or_failure.measures)
        else:
            yield key, path, outcome_or_failure
