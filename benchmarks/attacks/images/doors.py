"""The entries of images: `load_image`, `extract`, `exchange.read`, the command line."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.attacks.command_line import run_command
from benchmarks.attacks.images.craft import craft
from benchmarks.attacks.images.samples import sound_images
from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.pixels import PPI
from benchmarks.attacks.templates.rules import broken_rule
from benchmarks.attacks.verdicts import check
from fingerprint_engine import exchange
from fingerprint_engine.bulk import extract_many
from fingerprint_engine.pipeline import extract
from fingerprint_engine.preprocessing import FingerprintImage, load_image
from fingerprint_engine.template import Template

BUDGET_S = 20.0
"""A third of what `limits.Limits` allows: its other limits should end things before."""
MIN_PPI, MAX_PPI = 125.0, 4000.0
MIN_SIDE_PX, MAX_SIDE_PX = 16, 16_383


def kind(place: Path) -> Kind:
    """Image files, and all doors for them."""
    path = place / "crafted.img"
    doors: dict[str, Callable[[Path], object]] = {
        "load_image": load,
        "load_image, any": load_any,
        "exchange.read": read,
        "extract": extracted,
        "extract_many": bulk,
        "inspect": inspect,
        "extract command": functools.partial(extract_command, place / "made"),
    }
    written = {name: functools.partial(_through_a_file, path, door) for name, door in doors.items()}
    return Kind(sound_images()["png grey"], craft, written, BUDGET_S)


def _through_a_file(path: Path, door: Callable[[Path], object], data: bytes) -> None:
    path.write_bytes(data)
    door(path)


def load(path: Path) -> FingerprintImage:
    """As strict as it is by default, with the header's resolution."""
    return _checked(load_image(path))


def load_any(path: Path) -> None:
    """With every rule that lets more in, and the caller's resolution, which outranks the header's."""
    image = load_image(path, ppi=PPI, polarity="detect", colour="convert", alpha="white", depth="scale")
    check(_checked(image).ppi == PPI, "another resolution than the caller's")


def read(path: Path) -> None:
    """As a document."""
    for found in exchange.read(path).images(ppi=PPI).value:
        _checked(found.image)


def extracted(path: Path) -> None:
    """A template of it keeps all rules."""
    image = load_image(path, ppi=PPI, polarity="dark-ridges")
    rule = broken_rule(extract(image).to_bytes())
    check(not rule, f"a template is made that breaks a rule: {rule}")


def bulk(path: Path) -> None:
    """In bulk, where a failure is a value."""
    for _, outcome in extract_many([path], ppi=PPI, workers=1):
        if isinstance(outcome, Template):
            check(not broken_rule(outcome.to_bytes()), "a template is made that breaks a rule")


def inspect(path: Path) -> None:
    """``inspect FILE``."""
    run_command("inspect", str(path), "--json")


def extract_command(made: Path, path: Path) -> None:
    """``extract FILE --output DIR``."""
    shutil.rmtree(made, ignore_errors=True)
    run_command("extract", str(path), "--output", str(made), "--ppi", "500")


def _checked(image: FingerprintImage) -> FingerprintImage:
    rows, cols = image.pixels.shape
    check(image.pixels.dtype == np.uint8, "pixels that are no octets")
    check(min(rows, cols) >= MIN_SIDE_PX and max(rows, cols) <= MAX_SIDE_PX, "a side out of range")
    check(MIN_PPI <= image.ppi <= MAX_PPI, "a resolution out of range")
    return image
