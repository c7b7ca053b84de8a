"""The pictures of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.cli.commands.demo.plan import Plan
from fingerprint_engine.cli.outputs import save_picture
from fingerprint_engine.matching import Verification
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_maps, draw_match, draw_minutiae


class Answer(NamedTuple):
    """A probe of the demo and what came of its comparison."""

    probe: str
    verification: Verification


NAMES = ("minutiae.png", "maps.png", "match_mated.png", "match_non_mated.png")


def draw_pictures(
    plan: Plan, templates: dict[str, Template], answers: dict[str, Answer], output: Path, *, overwrite: bool
) -> Iterator[Path]:
    """Write minutiae, maps and both match explanations; yields each path when it is written."""
    reference = plan.enrolled[0]
    ppi = {sample.file: sample.ppi for sample in plan.samples}
    image = load_image(plan.folder / reference.file, ppi=reference.ppi)
    template = templates[reference.file]
    minutiae, points = template.minutiae, template.singular_points
    picture = draw_minutiae(image, minutiae, points, title=reference.file)
    yield save_picture(picture, output / NAMES[0], overwrite=overwrite)
    maps = DEFAULT_PARAMETERS.reading.extractor().read(image).maps
    sheet = draw_maps(maps, minutiae=minutiae, singular_points=points, title=f"{reference.file}, step by step")
    yield save_picture(sheet, output / NAMES[1], overwrite=overwrite)
    for name, truth, file in (("mated", "one finger", NAMES[2]), ("non_mated", "two fingers", NAMES[3])):
        probe, verification = answers[name]
        picture = draw_match(
            verification,
            templates[probe],
            template,
            probe_image=load_image(plan.folder / probe, ppi=ppi[probe]),
            reference_image=image,
            probe_name=probe,
            reference_name=reference.file,
            title=f"two prints of {truth}",
        )
        yield save_picture(picture, output / file, overwrite=overwrite)
