"""The pictures of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.cli.demo_plan import Plan
from fingerprint_engine.cli.outputs import output_errors
from fingerprint_engine.matching import Verification
from fingerprint_engine.preprocessing import compute_ridge_maps, load_image
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import Picture, draw_maps, draw_match, draw_minutiae


def draw_pictures(
    plan: Plan, templates: dict[str, Template], answers: dict[str, Verification], output: Path
) -> Iterator[Path]:
    """Write minutiae, maps and both match explanations; yields each path when it is written."""
    reference, mate, stranger = plan.enrolled[0], plan.probes[0], plan.probes[1]
    image = load_image(plan.folder / reference.file, ppi=reference.ppi)
    template = templates[reference.file]
    minutiae, points = template.minutiae, template.singular_points
    yield _save(draw_minutiae(image, minutiae, points, title=reference.file), output / "minutiae.png")
    maps = compute_ridge_maps(image)
    sheet = draw_maps(maps, minutiae=minutiae, singular_points=points, title=f"{reference.file}, step by step")
    yield _save(sheet, output / "maps.png")
    for name, probe, truth in (("mated", mate, "one finger"), ("non_mated", stranger, "two fingers")):
        picture = draw_match(
            answers[name].comparison,
            templates[probe.file],
            template,
            probe_image=load_image(plan.folder / probe.file, ppi=probe.ppi),
            reference_image=image,
            title=f"{probe.file} and {reference.file}, {truth}",
        )
        yield _save(picture, output / f"match_{name}.png")


def _save(picture: Picture, path: Path) -> Path:
    with output_errors(path):
        return picture.save(path)
