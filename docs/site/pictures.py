"""Makes the pictures that pages of the repository show: ``python docs/site/pictures.py``."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from fingerprint_engine.cli import main

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
WIDTH_PX, COLOURS = 1200, 64


def make() -> None:
    """Draw the match that the first screen shows, small enough for a page."""
    samples = ROOT / "data" / "samples"
    with TemporaryDirectory() as name:
        drawn = Path(name) / "match.png"
        main(["verify", str(samples / "9_2.png"), str(samples / "9_1.png"), "--picture", str(drawn)])
        with Image.open(drawn) as picture:
            small = picture.convert("RGB").resize((WIDTH_PX, round(picture.height * WIDTH_PX / picture.width)))
    FOLDER.mkdir(exist_ok=True)
    # By coverage, not by count: the few crosses in red keep their colour.
    small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(FOLDER / "match.png", optimize=True)


if __name__ == "__main__":
    make()
