"""Galleries with keys: nothing is readable without them, nothing altered is taken, and keys change without a loss."""

import numpy as np
import pytest
from tests.reference import point_prints

from fingerprint_engine import Finger, Gallery, KeyRing, PrintDetails
from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index import check_gallery, repair_gallery, traces
from fingerprint_engine.index.storage.segments import cells_file
from fingerprint_engine.keys.errors import StaleGallery, WrongKey
from fingerprint_engine.template import build_template

WORDS = ("Inventado Uno", "categoría inventada", "lugar inventado")


def _template(number):
    points = point_prints.finger(np.random.default_rng(number), 30)
    return build_template(points, shape=point_prints.SHAPE, finger=Finger.RIGHT_INDEX, quality=70)


TEMPLATES = [_template(number) for number in range(24)]
DETAILS = PrintDetails(*WORDS)


@pytest.fixture(params=[True, False], ids=["encrypted", "authenticated"])
def ring(request):
    return KeyRing.generate(encrypt=request.param)


def _filled(path, ring, *, compacted=True):
    with Gallery.open(path, keys=ring) as gallery:
        for number, template in enumerate(TEMPLATES[:16]):
            gallery.enrol(f"Clave-{number:03d}", template, subject=WORDS[0], category=WORDS[1], site=WORDS[2])
        gallery.remove("Clave-003")
        if compacted:
            gallery.compact()
        for number, template in enumerate(TEMPLATES[16:], 16):
            gallery.enrol(f"Clave-{number:03d}", template)
        return gallery.head


def _answers(gallery):
    return [gallery.identify(template).as_dict()["candidates"] for template in TEMPLATES[::5]]


def test_a_gallery_with_keys_answers_as_one_without(tmp_path, ring):
    _filled(tmp_path / "sealed", ring)
    _filled(tmp_path / "plain", None)
    with Gallery.open(tmp_path / "plain", read_only=True) as plain:
        for read_only in (True, False):
            with Gallery.open(tmp_path / "sealed", read_only=read_only, keys=ring) as sealed:
                assert _answers(sealed) == _answers(plain)
                assert list(sealed.items()) == list(plain.items())
                assert sealed.details("Clave-005") == DETAILS
    assert check_gallery(tmp_path / "sealed", keys=ring).is_sound
    assert traces(tmp_path / "sealed", "Clave-003", keys=ring) == ()
    assert traces(tmp_path / "sealed", "Clave-004", keys=ring) != ()


def test_without_a_key_nothing_is_found_in_any_file(tmp_path):
    ring = KeyRing.generate()
    _filled(tmp_path / "sealed", ring)
    wanted = [word.encode() for word in (*WORDS, "Clave-")]
    for template in TEMPLATES:
        data = template.to_bytes()
        wanted += [
            data[begin : begin + 16] for begin in range(0, len(data) - 16, 16) if len(set(data[begin : begin + 16])) > 8
        ]
    files = [path for path in (tmp_path / "sealed").iterdir() if path.stat().st_size]
    for path in files:
        data = path.read_bytes()
        assert [one for one in wanted if one in data] == [], path.name
        if path.suffix in (".prints", ".log") and len(data) > 1 << 13:
            counts = np.bincount(np.frombuffer(data[4096:], np.uint8), minlength=256)
            share = counts[counts > 0] / counts.sum()
            assert -(share * np.log2(share)).sum() > 7.9
    assert any(path.suffix == ".prints" for path in files)


def test_wrong_keys_are_refused_by_name(tmp_path, ring):
    _filled(tmp_path / "sealed", ring)
    _filled(tmp_path / "plain", None)
    for read_only in (True, False):
        with pytest.raises(WrongKey, match=ring.key_id):
            Gallery.open(tmp_path / "sealed", read_only=read_only)
        with pytest.raises(WrongKey, match=ring.key_id):
            Gallery.open(tmp_path / "sealed", read_only=read_only, keys=KeyRing.generate())
        with pytest.raises(WrongKey, match="no keys"):
            Gallery.open(tmp_path / "plain", read_only=read_only, keys=ring)


def test_files_of_another_gallery_under_the_same_key_are_refused(tmp_path, ring):
    for name in ("one", "two"):
        _filled(tmp_path / name, ring)
    refused = set()
    for path in (tmp_path / "one").iterdir():
        other = tmp_path / "two" / path.name
        if other.is_file() and path.name not in ("manifest.copy", "lock"):
            kept = other.read_bytes()
            other.write_bytes(path.read_bytes())
            with pytest.raises(CorruptGallery):
                Gallery.open(tmp_path / "two", read_only=True, keys=ring)
            other.write_bytes(kept)
            refused.add(path.name.partition("-")[0])
    assert refused == {"manifest", "segment", "changes"}


def test_an_older_state_is_refused_by_the_head(tmp_path, ring):
    path = tmp_path / "gallery"
    with Gallery.open(path, keys=ring) as gallery:
        gallery.enrol("a", TEMPLATES[0])
        first = gallery.head
        saved = {one.name: one.read_bytes() for one in path.iterdir()}
        gallery.enrol("b", TEMPLATES[1])
        second = gallery.head
        gallery.compact()
        third = gallery.head
    for head in (first, second, third):
        for read_only in (True, False):
            with Gallery.open(path, read_only=read_only, keys=ring, expected=str(head)) as gallery:
                assert gallery.head == third
    for one in path.iterdir():
        one.unlink()
    for name, data in saved.items():
        (path / name).write_bytes(data)
    Gallery.open(path, keys=ring, expected=first, read_only=True).close()
    for head in (second, third):
        with pytest.raises(StaleGallery):
            Gallery.open(path, keys=ring, expected=head, read_only=True)
        with pytest.raises(StaleGallery):
            Gallery.open(path, keys=ring, expected=head)
    with Gallery.open(path, keys=ring) as gallery:  # the copy goes another way
        gallery.enrol("c", TEMPLATES[2])
    with pytest.raises(StaleGallery, match="another"):
        Gallery.open(path, keys=ring, expected=second, read_only=True)
    with pytest.raises(StaleGallery, match="new one"):
        Gallery.open(tmp_path / "new", keys=ring, expected=first)


def test_keys_change_and_old_ones_open_nothing_new(tmp_path, ring):
    path = tmp_path / "gallery"
    _filled(path, ring)
    new = KeyRing.from_text(ring.rotated().as_text())
    with Gallery.open(path, keys=ring) as gallery:
        before = dict(gallery.items())
        gallery.change_keys(new)
        gallery.enrol("later", TEMPLATES[1])
        gallery.compact()
    alone = new.without(ring.key_id)
    with Gallery.open(path, keys=alone) as gallery:
        assert dict(gallery.items()) == before | {"later": TEMPLATES[1]}
        gallery.compact(reencrypt=True)
        assert dict(gallery.items()) == before | {"later": TEMPLATES[1]}
    with pytest.raises(WrongKey):
        Gallery.open(path, keys=ring)
    assert check_gallery(path, keys=alone).is_sound


def test_a_plain_gallery_gets_keys_and_nothing_plain_is_left(tmp_path):
    path, ring = tmp_path / "gallery", KeyRing.generate()
    _filled(path, None)
    with Gallery.open(path) as gallery:
        before = dict(gallery.items())
        gallery.change_keys(ring)
        assert dict(gallery.items()) == before
    assert not any(b"Clave-" in one.read_bytes() for one in path.iterdir())
    with Gallery.open(path, keys=ring) as gallery:
        assert dict(gallery.items()) == before


def test_the_emergency_key_opens_a_gallery(tmp_path):
    daily, safe = KeyRing.generate().with_emergency()
    _filled(tmp_path / "gallery", daily)
    assert safe.key_id == daily.emergency_id
    with Gallery.open(tmp_path / "gallery", keys=KeyRing.from_text(safe.as_text())) as gallery:
        new = KeyRing.generate()
        gallery.change_keys(new)
        assert len(gallery) == 23
    with Gallery.open(tmp_path / "gallery", keys=new, read_only=True) as gallery:
        assert gallery.get("Clave-020") == TEMPLATES[20]


def test_repair_keeps_the_sound_templates_of_a_sealed_segment(tmp_path, ring):
    path = tmp_path / "gallery"
    _filled(path, ring)
    (segment,) = path.glob("*.prints")
    data = bytearray(segment.read_bytes())
    data[-100] ^= 1
    segment.write_bytes(data)
    with Gallery.open(path, keys=ring, read_only=True) as gallery:
        found = gallery.identify(TEMPLATES[15])
        assert "Clave-015" not in [one.key for one in found.candidates]
        assert found.receipt.excluded
    assert not check_gallery(path, keys=ring).is_sound
    done = repair_gallery(path, keys=ring)
    assert (done.lost, done.prints) == (1, 22)
    with Gallery.open(path, keys=ring) as gallery:
        assert gallery.get("Clave-014") == TEMPLATES[14]


def test_a_gallery_in_memory_has_neither_head_nor_keys():
    with pytest.raises(GalleryError, match="memory"):
        Gallery().head  # noqa: B018
    with pytest.raises(GalleryError, match="memory"):
        Gallery().change_keys(KeyRing.generate())


def test_the_index_beside_a_sealed_segment_is_sealed(tmp_path, ring, monkeypatch):
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 4)
    path = tmp_path / "gallery"
    _filled(path, ring)
    (index,) = path.glob("*.cells.index")
    sound = index.read_bytes()
    with Gallery.open(path, read_only=True, keys=ring) as gallery:
        (view, *_) = gallery.snapshot().views
        codes = view.columns.cells.codes.tobytes()
    assert (codes[:64] in sound) is not ring.encrypts
    altered = bytearray(sound)
    altered[-40] ^= 1
    index.write_bytes(altered)
    with Gallery.open(path, read_only=True, keys=ring) as gallery:
        assert gallery.snapshot().views[0].columns.cells is None
        assert gallery.identify(TEMPLATES[5]).candidates[0].key == "Clave-005"
    assert not check_gallery(path, keys=ring).is_sound
