"""Our engine, as `drive` calls it."""

# ruff: noqa: D102, ARG002 - the methods are described once, in `drive.Adapter`

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import cv2

from benchmarks.code_version import source_digest
from fingerprint_engine.intake.warming import warm_up
from fingerprint_engine.matching import Matcher
from fingerprint_engine.pipeline import extract, pipeline_parameters
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template, TemplateBatch

VERSION = f"code {source_digest()}"


class Engine:
    """Templates with packed columns, probes that are prepared once."""

    def __init__(self, extractor: str) -> None:
        cv2.setNumThreads(1)
        warm_up()
        self.parameters = pipeline_parameters("learned" if extractor == "learned" else "classical")

    def load(self, path: str, ppi: float) -> Any:
        return load_image(path, ppi=ppi)

    def extract(self, image: Any) -> Template:
        return extract(image, parameters=self.parameters)

    def minutiae(self, template: Template) -> int:
        return len(template)

    def size(self, template: Template) -> int:
        return len(template.to_bytes())

    def dump(self, template: Template) -> bytes:
        return template.to_bytes()

    def restore(self, data: bytes) -> Template:
        return Template.from_bytes(data)

    def enrol(self, template: Template, matcher: str) -> tuple[Matcher, TemplateBatch]:
        return Matcher(template), TemplateBatch.of([template])

    def compare(
        self, probe: tuple[Matcher, TemplateBatch], reference: tuple[Matcher, TemplateBatch], matcher: str
    ) -> float:
        return float(probe[0].scores(reference[1])[0])

    def pack(self, templates: list[Template], matcher: str) -> TemplateBatch:
        return TemplateBatch.of(templates)

    def compare_packed(self, probe: tuple[Matcher, TemplateBatch], packed: TemplateBatch, matcher: str) -> None:
        probe[0].scores(packed)
