"""Pictures are real, show what they were given and change with it."""

from __future__ import annotations

import dataclasses
import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine.errors import MissingExtra, ParameterError
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, SingularPoints
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.visualization import Picture, draw_maps, draw_match, draw_minutiae
from fingerprint_engine.visualization.palette import BIFURCATION, CONTRADICTED, CORE, DELTA, ENDING, MATCHED
from fingerprint_engine.visualization.print_panel import marker_areas

from .conftest import HandMade, make_comparison, make_print

needs_plots = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.to_png(dpi=80))).convert("RGB")).astype(int)


def words(picture: Picture) -> list[str]:
    """The heading, line by line, first what is read first."""
    bold = picture.figure.get_suptitle()
    return [line for line in [bold, *picture.figure.axes[0].get_title().splitlines()] if line]


def coloured(picture: Picture, colour: str) -> int:
    """How many pixels come close to a colour."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((np.abs(pixels(picture) - wanted).max(axis=2) < 12).sum())


@needs_plots
def test_every_kind_of_point_has_its_colour(printed: HandMade) -> None:
    picture = draw_minutiae(printed.maps.image, printed.minutiae, printed.singular_points)
    for colour in (ENDING, BIFURCATION, CORE, DELTA):
        assert coloured(picture, colour) > 30
    bare = draw_minutiae(printed.maps.image, Minutiae.empty(), SingularPoints.empty())
    for colour in (ENDING, BIFURCATION, CORE, DELTA):
        assert coloured(bare, colour) == 0


@needs_plots
def test_marks_grow_with_quality_and_tails_turn_with_direction(printed: HandMade) -> None:
    def drawn(**change: Any) -> Picture:
        columns = {f.name: getattr(printed.minutiae, f.name) for f in dataclasses.fields(printed.minutiae)}
        return draw_minutiae(printed.maps.image, Minutiae(**(columns | change)))

    count = len(printed.minutiae)
    areas = marker_areas(np.array([0, 5, 50, 100, UNKNOWN_QUALITY], np.uint8))
    assert (np.diff(areas[:4]) > 0).all()
    assert areas[4] == areas[2]
    poor, good = drawn(quality=np.full(count, 5)), drawn(quality=np.full(count, 100))
    assert (pixels(good) == 255).all(axis=2).sum() > (pixels(poor) == 255).all(axis=2).sum()  # marks are filled white
    turned = drawn(direction=printed.minutiae.direction + 1.0)
    assert (pixels(turned) != pixels(drawn())).any()


@needs_plots
def test_minutiae_lie_alike_on_an_image_of_another_resolution(printed: HandMade) -> None:
    fine = FingerprintImage(np.kron(printed.maps.image, np.ones((2, 2), np.uint8)), 1000.0)
    once = pixels(draw_minutiae(printed.maps.image, printed.minutiae))
    twice = pixels(draw_minutiae(fine, printed.minutiae))
    assert once.shape == twice.shape
    assert np.abs(once - twice).mean() < 4.0


def panels(picture: Picture) -> dict[str, np.ndarray]:
    """The pixels of each panel of a sheet, by the first word of its title."""
    image = pixels(picture)
    rows, cols = image.shape[:2]
    cut = {}
    for axes in picture.figure.axes:
        if axes.get_title():
            box = axes.get_position()  # as shares of the figure, from the bottom left
            top, bottom = round((1 - box.y1) * rows), round((1 - box.y0) * rows)
            part = image[top:bottom, round(box.x0 * cols) : round(box.x1 * cols)]
            cut[axes.get_title().split()[0].strip(",:")] = part
    return cut


@needs_plots
def test_each_panel_of_the_sheet_shows_its_map(printed: HandMade) -> None:
    maps = printed.maps
    changed = dataclasses.replace(
        maps,
        orientation=np.mod(maps.orientation + 0.7, np.pi).astype(np.float32),
        coherence=maps.coherence * 0.2,
        period=maps.period + 4.0,
        enhanced=-maps.enhanced,
        quality=maps.quality // 3,
        overall_quality=12,
    )
    plain, other = panels(draw_maps(maps)), panels(draw_maps(changed))
    assert sorted(plain) == ["coherence", "enhanced", "image", "mask", "orientation", "quality", "ridge"]
    rows, cols = np.array([part.shape[:2] for part in plain.values()]).T
    assert max(np.ptp(rows), np.ptp(cols)) <= 1  # all panels have one size; cut at whole pixels
    for name in plain:
        assert (plain[name] != other[name]).any() == (name not in {"image", "mask"}), name


@needs_plots
def test_the_sheet_shows_image_mask_and_minutiae(printed: HandMade) -> None:
    maps = dataclasses.replace(
        printed.maps, image=255 - printed.maps.image, mask=np.roll(printed.maps.mask, 30, axis=0)
    )
    plain, other = (
        draw_maps(printed.maps),
        draw_maps(maps, minutiae=printed.minutiae, singular_points=printed.singular_points),
    )
    before, after = panels(plain), panels(other)
    for name in ("image", "mask"):
        assert (before[name] != after[name]).any()
    assert "16" in after  # "16 minutiae"
    assert coloured(other, CORE) > coloured(plain, CORE)


@needs_plots
def test_maps_without_foreground_can_be_drawn(printed: HandMade) -> None:
    nothing = dataclasses.replace(printed.maps, mask=np.zeros_like(printed.maps.mask))
    assert pixels(draw_maps(nothing)).std() > 0


@needs_plots
@pytest.mark.parametrize("with_images", [True, False])
def test_a_match_shows_pairs_and_contradictions(printed: HandMade, other_print: HandMade, with_images: bool) -> None:
    comparison = make_comparison(printed, other_print)
    images: dict[str, Any] = {}
    if with_images:
        images = {"probe_image": printed.maps.image, "reference_image": other_print.maps.image}
    picture = draw_match(comparison, printed.template, other_print.template, **images)
    texts = [text.get_text() for text in picture.figure.findobj(lambda artist: hasattr(artist, "get_fontsize"))]
    assert "score 57.3: one false match in 540,000 comparisons" in texts
    assert any(re.fullmatch(r"contradicted: .* \(2 \+ 1\)", text) for text in texts)
    assert any("outside the overlap, or doubtful (6 + 7)" in text for text in texts)
    assert coloured(picture, CONTRADICTED) > 20

    agreeing = dataclasses.replace(comparison, contradicted_probe=np.zeros(0, np.int32),
                                   contradicted_reference=np.zeros(0, np.int32))  # fmt: skip
    legend_only = draw_match(agreeing, printed.template, other_print.template, **images)
    assert coloured(legend_only, CONTRADICTED) < coloured(picture, CONTRADICTED)


@needs_plots
def test_a_comparison_without_any_pair_can_be_drawn(printed: HandMade) -> None:
    comparison = dataclasses.replace(make_comparison(printed, printed, pairs=0), transform=None, score=0.0, fmr=1.0)
    picture = draw_match(comparison, printed.template, printed.template)
    assert words(picture)[0] == "score 0.0: any two prints score as high"
    doubtful = dataclasses.replace(comparison, doubt="a resolution is wrong")
    assert words(draw_match(doubtful, printed.template, printed.template))[-1] == "a resolution is wrong"
    (legend,) = picture.figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert "told apart before any alignment (14 + 15)" in said  # the hand-made comparison calls three contradicted
    assert not any("overlap" in text for text in said)


@needs_plots
def test_empty_templates_can_be_drawn() -> None:
    empty = make_print(count=0)
    comparison = dataclasses.replace(
        make_comparison(empty, empty, pairs=0),
        contradicted_probe=np.zeros(0, np.int32),
        contradicted_reference=np.zeros(0, np.int32),
        transform=None,
    )
    assert coloured(draw_match(comparison, empty.template, empty.template), MATCHED) < 400  # the legend's own mark


@needs_plots
@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_saved_files_are_what_their_suffix_says(tmp_path: Path, printed: HandMade, suffix: str, magic: bytes) -> None:
    target = tmp_path / f"picture.{suffix}"
    picture = draw_minutiae(printed.maps.image, printed.minutiae)
    assert picture.save(target) == target
    assert target.read_bytes().startswith(magic)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    target.write_bytes(b"of somebody else")
    with pytest.raises(FileExistsError):
        picture.save(target)
    assert target.read_bytes() == b"of somebody else"
    picture.save(target, overwrite=True)
    assert target.read_bytes().startswith(magic)


@needs_plots
def test_the_same_drawing_gives_the_same_bytes(printed: HandMade) -> None:
    first, second = (draw_minutiae(printed.maps.image, printed.minutiae).to_png() for _ in range(2))
    assert first == second


@needs_plots
def test_a_name_with_another_suffix_is_refused(tmp_path: Path, printed: HandMade) -> None:
    picture = draw_minutiae(printed.maps.image, printed.minutiae)
    with pytest.raises(ParameterError, match=r"\.png, \.pdf, \.svg, got 'picture\.gif'"):
        picture.save(tmp_path / "picture.gif")


@needs_plots
def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, printed: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "picture.png"
    target.write_bytes(b"old")
    picture = draw_minutiae(printed.maps.image, printed.minutiae)

    def broken(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        picture.save(target, overwrite=True)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, printed: HandMade) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'fingerprint-matching-engine\[plots\]'"):
        draw_minutiae(printed.maps.image, printed.minutiae)


def test_importing_the_room_loads_no_matplotlib() -> None:
    code = "import sys, fingerprint_engine.visualization; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@needs_plots
def test_drawing_loads_no_pyplot(printed: HandMade) -> None:
    code = (
        "import sys, numpy as np\n"
        "from fingerprint_engine.minutiae.columns import Minutiae\n"
        "from fingerprint_engine.visualization import draw_minutiae\n"
        "draw_minutiae(np.zeros((40, 40), np.uint8), Minutiae.empty()).to_png(dpi=20)\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
