"""Template bytes that somebody forged, with right checksums: refused at every entry, or harmless when compared."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.reference.forged_natives import mutations, sealed, with_bits_outside_validity, with_octets
from tests.reference.point_prints import SHAPE, finger, impression, template

from fingerprint_engine import exchange
from fingerprint_engine.errors import (
    CorruptTemplate,
    ExchangeError,
    IncompatibleTemplates,
    InputError,
    UnsupportedTemplateVersion,
)
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.columns.block import columns_of
from fingerprint_engine.intake import read_template
from fingerprint_engine.matching import Matcher, compare
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import CoarseMap, Template, TemplateBatch, TemplateParameters, build_template
from fingerprint_engine.template.native.batch import batch_of_natives

RNG = np.random.default_rng(12)
FINGER = finger(RNG, 30)
MADE = template(FINGER)
OTHERS = [template(impression(FINGER, RNG)), template(finger(RNG, 40)), template(finger(RNG, 5))]
NATIVE = MADE.to_bytes()
WORDS_AT = 52 + 7 * 30


def _own_bit() -> bytes:
    """A bit of a cylinder that is valid and not set, set."""
    octets = bytearray(NATIVE[WORDS_AT : WORDS_AT + 49])
    words = [int.from_bytes(octets[7 * k : 7 * k + 7], "little") for k in range(7)]
    spare = (words[6] & ~words[0]).bit_length() - 1
    octets[spare // 8] |= 1 << spare % 8
    return with_octets(NATIVE, WORDS_AT, bytes(octets))


def _twice() -> bytes:
    """Each minutia's place and direction those of the first."""
    forged = bytearray(NATIVE[:-4])
    for begin, step in ((52, 2), (52 + 60, 2), (52 + 120, 1)):
        forged[begin : begin + 30 * step] = forged[begin : begin + step] * 30
    forged[52 + 150 : 52 + 210] = bytes([1] * 30 + [50] * 30)
    return sealed(bytes(forged))


FORGED = {
    "bits outside validity": with_bits_outside_validity(NATIVE),
    "a bit more": _own_bit(),
    "a minutia thirty times": _twice(),
    "finger 200": with_octets(NATIVE, 26, b"\xc8"),
    "another radius": with_octets(NATIVE, 40, np.float32(150.0).tobytes()),
    "no resolution": with_octets(NATIVE, 36, np.float32("nan").tobytes()),
    "a map elsewhere": with_octets(NATIVE, 44, b"\xff\xff"),
    "a name that clears the screen": sealed(NATIVE[:29] + b"\x04" + NATIVE[30:52] + b"\x1b[2J" + NATIVE[52:-4]),
    "225 MB": sealed(NATIVE[:48] + b"\x3a\x34\x3a\x34" + NATIVE[52:-4] + bytes(13_370**2)),
}
ENTRIES: dict[str, Callable[[bytes, Path], object]] = {
    "from_bytes": lambda data, _: Template.from_bytes(data),
    "enrol": lambda data, _: Gallery().enrol("key", data),
    "pickle": lambda data, _: pickle.loads(pickle.dumps(_Pickled(data))),
    "file": lambda data, folder: read_template(_written(folder / "forged.fpt", data)),
    "document": lambda data, _: exchange.read(data),
}


class _Pickled:
    """Pickles as a template with these bytes does."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __reduce__(self) -> tuple[Callable[[bytes], Template], tuple[bytes]]:
        return MADE.__reduce__()[0], (self._data,)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("forged", FORGED)
def test_every_entry_refuses_every_forgery(entry: str, forged: str, tmp_path: Path) -> None:
    data = FORGED[forged]
    with pytest.raises((CorruptTemplate, ExchangeError)) as caught:
        ENTRIES[entry](data, tmp_path)
    assert len(str(caught.value)) < 300


def test_a_gallery_refuses_what_is_forged_and_keeps_the_rest() -> None:
    gallery = Gallery()
    answer = gallery.enrol_many([("made", NATIVE), *FORGED.items(), ("other", OTHERS[0])])
    assert (answer.enrolled, len(answer.refused)) == (2, len(FORGED))
    assert all(isinstance(error, CorruptTemplate) for _, error in answer.refused)
    for data in FORGED.values():
        with pytest.raises(CorruptTemplate):
            gallery.replace("made", data)
    assert gallery.identify(OTHERS[0]).candidates[0].key == "other"


def test_a_record_is_read_by_its_own_fields_where_its_native_block_is_forged() -> None:
    record = minutiae_records.dumps([MADE], native=True)
    sound = minutiae_records.templates(minutiae_records.loads(record))
    assert sound.value == (MADE,)
    same_size = [data for data in FORGED.values() if len(data) == len(NATIVE)]
    assert len(same_size) >= 6
    for data in same_size:
        found = minutiae_records.templates(minutiae_records.loads(record.replace(NATIVE, data)))
        assert found.value != (MADE,)
        assert len(found.value[0]) == 30
        assert any("native block" in loss for loss in found.losses)


@given(st.integers(0, 2**32 - 1))
def test_mutated_bytes_are_refused_or_compare_like_any_others(seed: int) -> None:
    for data in mutations(MADE, np.random.default_rng(seed), 20):
        try:
            found = Template.from_bytes(data)
        except (CorruptTemplate, UnsupportedTemplateVersion):
            continue
        assert found.to_bytes() == data
        assert Template(**{name.name: getattr(found, name.name) for name in dataclasses.fields(found)}) == found
        if found.parameters_digest + found.descriptor_digest != MADE.parameters_digest + MADE.descriptor_digest:
            with pytest.raises(IncompatibleTemplates, match="parameters"):
                compare(found, MADE)
            continue
        for other in (MADE, *OTHERS):
            score = compare(found, other).score
            assert 0.0 <= score <= 1000.0
            assert score == compare(other, found).score


@given(st.integers(0, 2**32 - 1))
def test_bytes_that_nobody_checked_end_in_finite_scores(seed: int) -> None:
    """Behind the door: kernels are total, whatever a faulty disk or memory makes of bytes that were checked once."""
    rng = np.random.default_rng(seed)
    natives = [NATIVE, with_bits_outside_validity(NATIVE), *mutations(MADE, rng, 20)]
    natives = [data[:10] + NATIVE[10:26] + data[26:] for data in natives]  # the digests are compared, not the rest
    data = np.frombuffer(b"".join(natives), np.uint8)
    offset = np.cumsum([0, *(len(native) for native in natives)])
    batch = batch_of_natives(data, offset, np.arange(len(natives)))
    for probe in (MADE, *OTHERS):
        matcher = Matcher(probe)
        for found in (matcher.scores(batch), matcher.supports(batch)):
            assert np.isfinite(found).all()
            assert (found >= 0.0).all()
    assert Matcher(MADE).scores(batch)[0] == compare(MADE, MADE).score


def test_a_batch_is_made_of_templates_only() -> None:
    batch = TemplateBatch.of([MADE, *OTHERS])
    with pytest.raises(InputError, match=r"TemplateBatch\.of"):
        TemplateBatch()
    with pytest.raises(dataclasses.FrozenInstanceError):
        batch.columns = batch.columns._replace(x=batch.columns.x[:1])  # type: ignore[misc]
    for column in batch.columns:
        with pytest.raises(ValueError, match="read-only"):
            column[:1] = 0


def test_nobody_else_s_radius_or_parameters_touch_a_score() -> None:
    sound = columns_of([MADE, *OTHERS])
    forged = FORGED["another radius"]
    data = np.concatenate([np.frombuffer(forged, np.uint8), sound.data])
    offset = np.concatenate([[0], sound.offset + len(forged)])
    batch = batch_of_natives(data, offset, np.arange(5))
    assert Matcher(MADE).scores(batch).tolist() == [0.0, *Matcher(MADE).scores([MADE, *OTHERS])]
    foreign = with_octets(NATIVE, 10, b"somebody")
    data = np.concatenate([np.frombuffer(foreign, np.uint8), sound.data])
    with pytest.raises(IncompatibleTemplates, match=rf"parameters {b'somebody'.hex()}.*parameters {bytes(8).hex()}"):
        batch_of_natives(data, offset, np.arange(5))
    other = build_template(FINGER, shape=SHAPE, parameters=TemplateParameters(radius_px=80.0), extractor="theirs 2")
    with pytest.raises(IncompatibleTemplates, match=r"an unnamed extractor .*70 px.* 'theirs 2' .*80 px"):
        compare(MADE, other)
    with pytest.raises(IncompatibleTemplates, match="theirs 2"):
        TemplateBatch.of([MADE, other])
    gallery = Gallery()
    gallery.enrol("made", MADE)
    for act in (lambda: gallery.enrol("other", other), lambda: gallery.identify(other)):
        with pytest.raises(IncompatibleTemplates, match=r"theirs 2' .*80 px"):
            act()


@pytest.mark.parametrize(
    "change",
    [
        {"cylinders": MADE.cylinders ^ MADE.cylinders[:, 6:]},
        {"cylinders": MADE.cylinders[:-1]},
        {"cylinders": MADE.cylinders.astype(np.int64)},
        {"minutiae": [1, 2, 3]},
        {"minutiae": Minutiae([0.1], [0.0], [0.0], [1], [1]), "cylinders": MADE.cylinders[:1]},
        {"minutiae": Minutiae([-1.0], [0.0], [0.0], [1], [1]), "cylinders": MADE.cylinders[:1]},
        {"minutiae": Minutiae([1e30], [0.0], [0.0], [1], [1]), "cylinders": MADE.cylinders[:1]},
        {"minutiae": FINGER},
        {"singular_points": SingularPoints([1e9], [0.0], [0.0], [1])},
        {"coarse_map": CoarseMap(60_000, 0, np.zeros((1, 1)), np.zeros((0, 0)))},
        {"coarse_map": CoarseMap(2**70, 0, np.zeros((1, 1)), np.zeros((0, 0)))},
        {"coarse_map": CoarseMap(0, 0, np.full((2, 2), 200), np.zeros((0, 0)))},
        {"finger": 200},
        {"impression": 7},
        {"quality": 101},
        {"quality": 1e99},
        {"shape": (0, 10)},
        {"shape": (10,)},
        {"shape": (2**40, 2**40)},
        {"source_ppi": float("inf")},
        {"radius_px": float("nan")},
        {"radius_px": 71.0},
        {"extractor": "\x1b"},
        {"parameters_digest": b""},
        {"descriptor_digest": None},
    ],
)
def test_a_template_cannot_be_made_of_what_its_bytes_would_not_be_accepted_for(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        dataclasses.replace(MADE, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("x", [np.nan]),
        ("x", [1e300]),
        ("x", ["one"]),
        ("x", [[1.0]]),
        ("direction", [np.inf]),
        ("kind", [3]),
        ("kind", [-1]),
        ("kind", [2**40]),
        ("kind", [1.5]),
        ("quality", [101]),
        ("quality", [np.nan]),
        ("quality", [300]),
        ("quality", [None]),
    ],
)
def test_minutiae_are_numbers_in_range(name: str, values: list[object]) -> None:
    columns = {"x": [1.0], "y": [1.0], "direction": [0.0], "kind": [1], "quality": [50]}
    with pytest.raises(InputError, match=name):
        Minutiae(**(columns | {name: values}))  # type: ignore[arg-type]


def test_the_page_names_the_limits() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert "32,768" in page
    assert "13,000" in page
