"""The picture of a match says what it shows, and what it shows can be counted."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching import Comparison, Verification
from fingerprint_engine.template import build_template
from fingerprint_engine.visualization import Picture, draw_match, draw_overlay, numbered_pairs, palette
from fingerprint_engine.visualization.spread import beside, spread

from .conftest import HandMade, make_comparison
from .test_drawings import needs_plots, pixels, words

pytestmark = needs_plots


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


def legend(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.legends[0].get_texts()]


def answered(printed: HandMade, other: HandMade, **change: Any) -> Verification:
    made = make_comparison(printed, other)
    columns = {f.name: getattr(made, f.name) for f in dataclasses.fields(made) if f.name != "doubt"}
    comparison = Comparison(**columns, evidence={})
    return Verification(**{"is_match": True, "is_decidable": True, "score": comparison.score, "fmr": comparison.fmr,
                           "max_fmr": 1e-4, "comparison": comparison} | change)  # fmt: skip


def test_verdict_threshold_and_names_stand_in_the_picture(printed: HandMade, other_print: HandMade) -> None:
    def said(**change: Any) -> list[str]:
        answer = answered(printed, other_print, **change)
        names = {"probe_name": "left $1$.png", "reference_name": "x" * 100}
        picture = draw_match(answer, printed.template, other_print.template, **names, title="of one finger")
        return [*words(picture), *texts(picture)]

    bold, title, asked, *rest = said()
    assert bold.startswith("match: score 57.3: one false match in 540,000")
    assert (title, asked) == ("of one finger", "asked for: score 40.0 or more (one false match in 10,000 comparisons)")
    assert r"probe left \$1\$.png: 16 minutiae" in rest
    (long,) = [text for text in rest if text.startswith("reference x")]
    assert "…" in long
    assert len(long) < 70
    assert said(is_match=False)[0].startswith("no match: ")
    assert said(is_match=False, is_decidable=False)[0].startswith("undecided, a match needs 8 minutiae")


def test_both_marks_of_a_pair_bear_its_number_from_top_to_bottom(printed: HandMade, other_print: HandMade) -> None:
    comparison = make_comparison(printed, other_print)
    pairs, _ = numbered_pairs(comparison, printed.template, other_print.template)  # type: ignore[arg-type]
    assert sorted(map(tuple, pairs)) == sorted(map(tuple, comparison.pairs))
    assert (np.diff(printed.minutiae.y[pairs[:, 0]]) >= 0).all()
    axes = draw_match(comparison, printed.template, other_print.template).figure.axes[0]  # type: ignore[arg-type]
    places: dict[str, list[tuple[float, float]]] = {}
    for text in axes.texts:
        if text.get_text().isdigit():
            places.setdefault(text.get_text(), []).append(text.get_position())
    assert sorted(places, key=int) == [str(number) for number in range(1, 9)]
    start = printed.template.shape[1] + 30.0
    for number, (left, right) in places.items():
        a, b = pairs[int(number) - 1]
        assert np.hypot(*np.subtract(left, (printed.minutiae.x[a], printed.minutiae.y[a]))) < 25
        assert np.hypot(*np.subtract(right, (start + other_print.minutiae.x[b], other_print.minutiae.y[b]))) < 25


def test_contradictions_on_one_place_are_seen_and_counted(printed: HandMade) -> None:
    """Two contradicted minutiae 1.6 px apart once gave one cross, where the legend said two."""
    crowd = printed.minutiae
    x, y = crowd.x.copy(), crowd.y.copy()
    x[9], y[9] = x[8] + 1.5, y[8]
    close = build_template(
        dataclasses.replace(crowd, x=x, y=y), printed.singular_points, shape=printed.template.shape,
        mask=printed.maps.mask, orientation=printed.maps.orientation, period=None,
    )  # fmt: skip
    order = [8, 9]
    comparison = dataclasses.replace(
        make_comparison(printed, printed),
        contradicted_probe=np.array(order, np.int32),
        pairs=np.zeros((0, 2), np.int32),
    )
    picture = draw_match(comparison, close, printed.template)  # type: ignore[arg-type]
    said = next(text for text in legend(picture) if text.startswith("contradicted"))
    counted = sum(map(int, re.findall(r"\d+", said)))
    crosses = np.vstack([
        offsets.get_offsets()
        for offsets in picture.figure.axes[0].collections
        if getattr(offsets, "get_linewidths", lambda: [0])()[0] == 2.2 and len(offsets.get_offsets())
    ])  # fmt: skip
    assert len(crosses) == counted == 3
    picture.to_png(dpi=60)  # lays the figure out
    shown = picture.figure.axes[0].transData.transform(crosses) / picture.figure.dpi * 72.0
    for a, b in itertools.combinations(shown, 2):
        assert np.hypot(*(a - b)) > 7.0  # points: a cross is 7 wide


def test_a_pair_that_moves_unlike_its_neighbours_is_named(printed: HandMade) -> None:
    still = RigidTransform(0.0, 0.0, 0.0)
    pairs = np.column_stack([np.arange(12, dtype=np.int32)] * 2)
    alike = dataclasses.replace(make_comparison(printed, printed), pairs=pairs, transform=still)
    assert not any("unlike" in text for text in legend(draw_match(alike, printed.template, printed.template)))  # type: ignore[arg-type]
    swapped = pairs.copy()
    far = int(np.argmax(np.hypot(printed.minutiae.x[:12] - printed.minutiae.x[0],
                                 printed.minutiae.y[:12] - printed.minutiae.y[0])))  # fmt: skip
    swapped[0, 1], swapped[far, 1] = far, 0
    odd = draw_match(dataclasses.replace(alike, pairs=swapped), printed.template, printed.template)  # type: ignore[arg-type]
    assert "matched, but moves unlike the pairs around it (2)" in legend(odd)
    assert "matched, same number in both (10 pairs)" in legend(odd)


def test_without_captions_nothing_is_written_but_numbers(printed: HandMade, other_print: HandMade) -> None:
    comparison = make_comparison(printed, other_print)
    picture = draw_match(comparison, printed.template, other_print.template, captions=False)  # type: ignore[arg-type]
    assert words(picture) == []
    assert not picture.figure.legends
    assert all(text.isdigit() for text in texts(picture))


def test_an_overlay_puts_the_probe_where_the_alignment_says(printed: HandMade) -> None:
    def overlay(transform: RigidTransform | None, layer: Any = "both") -> np.ndarray:
        comparison = dataclasses.replace(make_comparison(printed, printed), transform=transform)
        images = {"probe_image": printed.maps.image, "reference_image": printed.maps.image}
        return pixels(draw_overlay(comparison, printed.template, printed.template, layer=layer, **images))  # type: ignore[arg-type]

    still = RigidTransform(0.0, 0.0, 0.0)

    def blue_alone(picture: np.ndarray) -> float:
        """Share of what is drawn that is the reference's ridge and not the probe's."""
        drawn = picture.min(axis=2) < 200
        return float((picture[..., 2] - picture[..., 0])[drawn].clip(0).astype(bool).mean())

    assert blue_alone(overlay(still)) < 0.1
    assert blue_alone(overlay(RigidTransform(0.0, 4.5, 0.0))) > 0.25  # half a ridge period beside
    probe, reference = overlay(still, "probe"), overlay(still, "reference")
    assert probe.shape == reference.shape
    assert probe[..., 0].mean() > probe[..., 2].mean()
    assert reference[..., 0].mean() < reference[..., 2].mean()
    with pytest.raises(ParameterError, match="told apart before any"):
        overlay(None)


SEEN_BY = {
    "all colours": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Linear RGB as seen by people with and without each kind of cone: Machado, Oliveira and Fernandes 2009, severity 1."""


def lab(colour: str, seen: Any) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(np.array(seen) @ linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_what_is_for_and_against_a_match_has_colours_that_differ_for_everybody(eyes: str) -> None:
    """Orange, which once marked doubtful pairs, lay 18 from vermillion, which marks contradictions, without green."""
    for a, b in itertools.combinations((palette.MATCHED, palette.MOVED_ALONE, palette.CONTRADICTED), 2):
        assert np.linalg.norm(lab(a, SEEN_BY[eyes]) - lab(b, SEEN_BY[eyes])) > 20, (a, b)
    inks = [lab(colour, SEEN_BY[eyes]) for colour in (palette.PROBE_INK, palette.REFERENCE_INK)]
    assert np.linalg.norm(inks[0] - inks[1]) > 60


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), max_size=24), st.floats(1, 4))
def test_spread_marks_are_apart_and_those_that_were_stay(points: list[tuple[float, float]], distance: float) -> None:
    before = np.array(points, dtype=np.float64).reshape(-1, 2)
    after = spread(before, distance)
    gaps = [np.hypot(*(a - b)) for a, b in itertools.combinations(after, 2)]
    assert all(gap >= distance - 1e-6 for gap in gaps)
    if all(np.hypot(*(a - b)) >= distance for a, b in itertools.combinations(before, 2)):
        assert (after == before).all()


def test_a_number_leaves_a_side_that_is_taken() -> None:
    mark = np.array([[0.0, 0.0]])
    free = beside(mark, np.array([0.0]), np.array([[0.0, 0.0]]), 10.0)
    assert free == pytest.approx(np.array([[10.0, 0.0]]))
    pushed = beside(mark, np.array([0.0]), np.array([[0.0, 0.0], [10.0, 0.0]]), 10.0)
    assert np.hypot(*(pushed[0] - [10.0, 0.0])) > 8.0
