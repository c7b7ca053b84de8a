"""The pictures of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.cli.commands.demo_plan import Plan
from fingerprint_engine.cli.outputs import output_errors
from fingerprint_engine.matching import Verification
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import Picture, draw_maps, draw_match, draw_minutiae


class Answer(NamedTuple):
    """A probe of the demo and what came of its comparison."""

    probe: str
    verification: Verification


def draw_pictures(
    plan: Plan, templates: dict[str, Template], answers: dict[str, Answer], output: Path
) -> Iterator[Path]:
    """Write minutiae, maps and both match explanations; yields each path when it is written."""
    reference = plan.enrolled[0]
    ppi = {sample.file: sample.ppi for sample in plan.samples}
    image = load_image(plan.folder / reference.file, ppi=reference.ppi)
    template = templates[reference.file]
    minutiae, points = template.minutiae, template.singular_points
    yield _save(draw_minutiae(image, minutiae, points, title=reference.file), output / "minutiae.png")
    maps = DEFAULT_PARAMETERS.reading.extractor().read(image).maps
    sheet = draw_maps(maps, minutiae=minutiae, singular_points=points, title=f"{reference.file}, step by step")
    yield _save(sheet, output / "maps.png")
    for name, truth in (("mated", "one finger"), ("non_mated", "two fingers")):
        probe, verification = answers[name]
        picture = draw_match(
            verification.comparison,
            templates[probe],
            template,
            probe_image=load_image(plan.folder / probe, ppi=ppi[probe]),
            reference_image=image,
            title=f"{probe} and {reference.file}, {truth}",
        )
        yield _save(picture, output / f"match_{name}.png")


def _save(picture: Picture, path: Path) -> Path:
    with output_errors(path):
        return picture.save(path)
