"""``inspect FILE``: what a file is and what is in it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.cli.arguments import add_extractor, add_image_rules, extraction, image_rules, limits_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.facts import provenance_facts, resolution_facts
from fingerprint_engine.cli.outputs import add_overwrite, check_picture, save_picture
from fingerprint_engine.cli.protection import add_keys, add_stations, keys_of, protection_of, stations_of
from fingerprint_engine.cli.record_outline import show_outline
from fingerprint_engine.exchange import read
from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.storage.file_header import FORMAT_VERSION
from fingerprint_engine.index.storage.reading import is_gallery
from fingerprint_engine.intake import is_record, is_template, naming_errors, read_print, read_template, with_resolution
from fingerprint_engine.minutiae import MinutiaKind, SingularKind, find_singular_points
from fingerprint_engine.preprocessing import FingerprintImage, cut_to_print
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_maps, draw_minutiae

UNKNOWN = 255


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="told apart by content, never by name")
    add_image_rules(parser)
    add_extractor(parser)
    text = "write a picture of an image's minutiae: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    parser.add_argument("--maps", type=Path, metavar="FILE", help="write a sheet of every step's map of an image")
    add_overwrite(parser, "pictures")
    add_keys(parser, expects=False)
    add_stations(parser)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Tell by content whether the file is a template, a gallery, a record or an image, and describe it."""
    arguments.file, ppi = with_resolution(arguments.file)
    arguments.ppi = ppi if ppi is not None else arguments.ppi
    for picture in (arguments.picture, arguments.maps):
        check_picture(picture, overwrite=arguments.overwrite)
    if is_template(arguments.file):
        _refuse_pictures(arguments, "a template")
        template, provenance = read_template(
            arguments.file, limits=limits_of(arguments), keys=keys_of(arguments), stations=stations_of(arguments)
        )
        facts = {"kind": "template", "bytes": len(template.to_bytes()), **_template_facts(template)}
        facts |= provenance_facts(provenance)
    elif is_gallery(arguments.file):
        _refuse_pictures(arguments, "a gallery")
        with Gallery.open(arguments.file, read_only=True, **protection_of(arguments)) as gallery:
            facts = {"kind": "gallery", "enrolled": len(gallery), "format": FORMAT_VERSION}
    elif is_record(arguments.file):
        _refuse_pictures(arguments, "a record")
        with naming_errors(arguments.file):
            document = read(arguments.file, limits=limits_of(arguments))
            show_outline(arguments.file, document, console)
        return ExitCode.SUCCESS
    else:
        facts = _inspect_image(arguments)
    console.document({"file": str(arguments.file), **facts})
    console.text(str(arguments.file))
    if facts.get("resolution"):
        facts["resolution"] = "contradicts the ridges; about {fitting_ppi:g} ppi would fit".format_map(
            facts["resolution"]
        )
    elif "resolution" in facts:
        del facts["resolution"]
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        console.text(f"  {name.replace('_', ' '):<{width}}  {'unknown' if value is None else value}")
    return ExitCode.SUCCESS


def _inspect_image(arguments: argparse.Namespace) -> dict[str, Any]:
    found = read_print(arguments.file, parameters=extraction(arguments), **image_rules(arguments))
    image, template = found.image, found.template
    if image is None:  # a template that appeared since we looked
        return {"kind": "template", **_template_facts(template)}
    rows, cols = image.shape
    size = f"{cols} x {rows} px, {px_to_mm(cols, image.ppi):.1f} x {px_to_mm(rows, image.ppi):.1f} mm"
    facts: dict[str, Any] = {"kind": "image", "size": size, "ppi": image.ppi, **_template_facts(template)}
    _draw(arguments, image, template)
    for name in ("picture", "maps"):
        path = getattr(arguments, name)
        if path is not None:
            facts[name] = str(path)
    return facts


def _draw(arguments: argparse.Namespace, image: FingerprintImage, template: Template) -> None:
    if arguments.picture is not None:
        picture = draw_minutiae(image, template.minutiae, template.singular_points)
        save_picture(picture, arguments.picture, overwrite=arguments.overwrite)
    if arguments.maps is not None:
        reading = extraction(arguments).reading.extractor().read(cut_to_print(image).image)
        points = find_singular_points(reading.maps)
        sheet = draw_maps(reading.maps, minutiae=reading.minutiae, singular_points=points)
        save_picture(sheet, arguments.maps, overwrite=arguments.overwrite)


def _template_facts(template: Template) -> dict[str, Any]:
    minutiae, points = template.minutiae, template.singular_points
    known = minutiae.quality[minutiae.quality != UNKNOWN]
    rows, cols = template.shape
    return {
        "area_at_500_ppi": f"{cols} x {rows} px",
        "quality": None if template.quality == UNKNOWN else template.quality,
        "minutiae": len(template),
        "endings": int((minutiae.kind == MinutiaKind.ENDING).sum()),
        "bifurcations": int((minutiae.kind == MinutiaKind.BIFURCATION).sum()),
        "median_minutia_quality": float(np.median(known)) if known.size else None,
        "cores": int((points.kind == SingularKind.CORE).sum()),
        "deltas": int((points.kind == SingularKind.DELTA).sum()),
        "finger": template.finger.words,
        "impression": template.impression.name.lower().replace("_", " "),
        "source_ppi": template.source_ppi,
        **resolution_facts(template),
        "extractor": template.extractor or None,
        "parameters": template.parameters_digest.hex(),
    }


def _refuse_pictures(arguments: argparse.Namespace, what: str) -> None:
    if arguments.picture is not None or arguments.maps is not None:
        raise UsageError(f"--picture, --maps: expected an image, {arguments.file} is {what}")
