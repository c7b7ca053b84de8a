"""A WSQ file that codes too little is read with a warning, in whatever it comes."""

import re
import warnings

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies
from tests.conftest import draw_print

from fingerprint_engine import FingerprintEngineWarning, FingerprintImage, exchange, load_image
from fingerprint_engine.exchange import image_codecs
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.wsq_blocks import remarks_on_blocks


def _remarks(data):
    return remarks_on_blocks(data, Budget())


def _written(pixels):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    return image_codecs.encode(FingerprintImage(pixels, 500.0), Compression.WSQ)


def _with_block_cut(data, number, keep):
    """The file with only the first bytes of one block's codes."""
    start = [found.end() for found in re.finditer(rb"\xff\xa3\x00\x03[\x00-\x07]", data)][number - 1]
    end = re.compile(rb"\xff[^\x00]", re.DOTALL).search(data, start).start()
    return data[: start + keep] + data[end:]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_block_that_ends_early_is_told_from_a_whole_one(number):
    data = _written(draw_print())
    assert _remarks(data) == ()
    (remark,) = _remarks(_with_block_cut(data, number, 40))
    count, asked = map(int, re.fullmatch(rf"WSQ: block {number} codes (\d+) of about (\d+) bin .*", remark).groups())
    assert 0 < count < asked / 2


@pytest.mark.parametrize("shape", [(64, 64), (65, 95), (999, 77), (480, 640)])
def test_blank_images_are_whole_although_they_take_few_bits(shape):
    pixels = np.full(shape, 200, np.uint8)
    pixels[20:28, 20:40] = np.arange(160).reshape(8, 20)
    assert _remarks(_written(pixels)) == ()


def test_files_by_others_are_whole_but_one(data_folder):
    found = {path.name for path in (data_folder / "formats" / "wsq").glob("*.wsq") if _remarks(path.read_bytes())}
    assert found == {"ebts-jet__sample.wsq"}


def test_the_warning_reaches_whoever_reads_it(tmp_path):
    data = _with_block_cut(_written(draw_print()), 2, 0)
    path = tmp_path / "a.wsq"
    path.write_bytes(data)
    with pytest.warns(FingerprintEngineWarning, match="block 2 codes"):
        load_image(path)
    assert any("block 2 codes" in loss for loss in exchange.read(data).images().losses)
    _, remarks = image_codecs.decode(data, Compression.WSQ, rows=384, cols=384)
    assert [remark[:31] for remark in remarks] == ["image data: WSQ: block 2 codes "]


@hypothesis.given(strategies.binary(max_size=80), strategies.integers(0, 255), strategies.binary(max_size=60))
def test_any_bytes_are_borne(table, number, codes):
    segments = (
        (0xA2, bytes(2) + b"\x02\x80\x01\xe0" + bytes(9)),
        (0xA5, b"\x01" * 387),
        (0xA6, table),
        (0xA3, bytes([number])),
    )
    data = b"\xff\xa0" + b"".join(
        bytes([0xFF, kind]) + (2 + len(body)).to_bytes(2, "big") + body for kind, body in segments
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = _remarks(data + codes)
    assert len(found) <= 1  # the codes may begin with a block of their own, of which the file has no table
    assert all(remark.startswith("WSQ: block 1 codes ") for remark in found)
