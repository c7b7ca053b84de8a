"""NIST's reference set of WSQ (a part of it): decoded grey level by grey level, encoded bin by bin.

Two of its files have other wavelet filters than the standard's (``not79``). Pixels and the bins that we write are equal
without tolerance; NIST's own encodings against the plain twin keep that of `test_wsq_tolerance`.
"""

import numpy as np
import pytest
from PIL import Image
from tests.conftest import ROOT
from tests.reference import wsq_twin

from fingerprint_engine import FingerprintImage
from fingerprint_engine.exchange import image_codecs
from fingerprint_engine.exchange.image_codecs import Compression

FOLDER = ROOT.parent / "shared" / "data" / "formats" / "wsq_reference"
NAMES = sorted(path.stem for path in FOLDER.glob("*.wsq")) or ["none"]
ORIGINALS = sorted(path.name.split(".")[0] for path in FOLDER.glob("*.original.png")) or ["none"]


@pytest.fixture(autouse=True)
def _wsq_is_installed():
    pytest.importorskip("wsq", reason="the extra wsq is not installed")


@pytest.fixture
def file_of():
    def find(name):
        path = FOLDER / name
        if not path.is_file():
            pytest.skip(f"no {name} in {FOLDER}")
        return path

    return find


def _pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


@pytest.mark.parametrize("name", NAMES)
def test_every_grey_level_is_nists(file_of, name):
    data = file_of(f"{name}.wsq").read_bytes()
    expected = _pixels(file_of(f"{name}.decoded.png"))
    found, remarks = image_codecs.decode(data, Compression.WSQ, rows=expected.shape[0], cols=expected.shape[1])
    assert remarks == ()
    assert (found == expected).all()


@pytest.mark.parametrize("name", [name for name in NAMES if "not79" not in name])
def test_every_bin_of_nists_encoding_follows_from_the_original(file_of, name):
    file = wsq_twin.read(file_of(f"{name}.wsq").read_bytes())
    original = _pixels(file_of(f"{name.split('.')[0]}.original.png"))
    found = wsq_twin.forward(file, original)
    coded = [(ours - theirs).ravel() for ours, theirs in zip(found, file.indices, strict=True) if ours is not None]
    away = np.abs(np.concatenate(coded))
    assert away.max() <= 1
    assert np.mean(away == 0) >= 0.9999


@pytest.mark.parametrize("name", ORIGINALS)
def test_every_bin_that_we_write_is_nists(file_of, name):
    theirs = wsq_twin.read(file_of(f"{name}.75.wsq").read_bytes())
    original = _pixels(file_of(f"{name}.original.png"))
    ours = wsq_twin.read(image_codecs.encode(FingerprintImage(original, 500.0), Compression.WSQ))
    assert (ours.rows, ours.cols) == (theirs.rows, theirs.cols)
    pairs = [(a, b) for a, b in zip(ours.indices, theirs.indices, strict=True)]
    assert all((a is None) == (b is None) for a, b in pairs)
    assert all((a == b).all() for a, b in pairs if a is not None)


def test_the_set_would_notice_another_grey_level(file_of):
    data = file_of(f"{NAMES[0]}.wsq").read_bytes()
    expected = _pixels(file_of(f"{NAMES[0]}.decoded.png")).copy()
    expected[::20, ::20] ^= 2
    found, _ = image_codecs.decode(data, Compression.WSQ, rows=expected.shape[0], cols=expected.shape[1])
    assert np.abs(found.astype(np.int16) - expected).max() > 1
