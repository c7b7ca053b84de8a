"""One body of tests for every implementation of the image-codec port."""

import concurrent.futures
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.errors import ImageError
from fingerprint_engine.preprocessing.loading.codec_port import SNIFF_BYTES, DecodedImage, ImageCodec
from fingerprint_engine.preprocessing.loading.codec_registry import installed_codecs
from fingerprint_engine.preprocessing.loading.pillow_codec import PillowCodec
from fingerprint_engine.preprocessing.loading.wsq_codec import WsqCodec

PICTURE = draw_print(160)[:, :131]  # neither square nor a multiple of anything


def _saved(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, kind, **options)
    return buffer.getvalue()


def _saved_wsq():
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    return _saved("WSQ")


def _claim(name, data, side):
    """The same file with a header that claims to be `side` pixels wide and high."""
    altered = bytearray(data)
    if name == "png":
        struct.pack_into(">II", altered, 16, side, side)
        struct.pack_into(">I", altered, 29, zlib.crc32(altered[12:29]))
    elif name == "bmp":
        struct.pack_into("<ii", altered, 18, side, side)
    elif name.startswith("tiff"):
        first = struct.unpack_from("<I", altered, 4)[0]
        for entry in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", altered, first)[0], 12):
            if struct.unpack_from("<H", altered, entry)[0] in (256, 257):
                struct.pack_into("<HII", altered, entry + 2, 4, 1, side)
    elif name == "pgm":
        altered = bytearray(data.replace(b"131 160", b"%d %d" % (side, side), 1))
    elif name == "jpeg":
        struct.pack_into(">HH", altered, data.index(b"\xff\xc0") + 5, side, side)
    elif name == "wsq":
        struct.pack_into(">HH", altered, data.index(b"\xff\xa2") + 6, side, side)
    else:
        struct.pack_into(">II", altered, data.index(b"\xff\x51") + 6, side, side)
        if name == "jp2":
            struct.pack_into(">II", altered, data.index(b"ihdr") + 4, side, side)
    assert bytes(altered) != data
    return bytes(altered)


# Name: codec, how to make a file, its stated resolution, largest mean error of a pixel.
CASES = {
    "png": (PillowCodec, lambda: _saved("PNG", dpi=(500, 500)), (500.0, 500.0), 0.0),
    "bmp": (PillowCodec, lambda: _saved("BMP", dpi=(1000, 1000)), (1000.0, 1000.0), 0.0),
    "tiff": (PillowCodec, lambda: _saved("TIFF", dpi=(500, 500)), (500.0, 500.0), 0.0),
    "tiff-lzw": (PillowCodec, lambda: _saved("TIFF", compression="tiff_lzw"), None, 0.0),
    "pgm": (PillowCodec, lambda: _saved("PPM"), None, 0.0),
    "jpeg": (PillowCodec, lambda: _saved("JPEG", quality=90, dpi=(500, 500)), (500.0, 500.0), 3.0),
    "jp2": (PillowCodec, lambda: _saved("JPEG2000"), None, 0.0),
    "j2k": (PillowCodec, lambda: _saved("JPEG2000", no_jp2=True), None, 0.0),
    "wsq": (WsqCodec, _saved_wsq, (500.0, 500.0), 8.0),
}


@pytest.fixture(params=CASES)
def case(request):
    codec, make, ppi, error = CASES[request.param]
    return codec(), make(), ppi, error


def _decoded_or_refused(codec, data):
    """The only two outcomes that the port allows; anything else is an exception here."""
    try:
        return codec.decode(data)
    except ImageError:
        return None


def test_it_is_a_codec(case):
    assert isinstance(case[0], ImageCodec)


def test_it_recognises_its_files_by_content_and_no_others(case):
    codec, data, *_ = case
    assert codec.sniff(data[:SNIFF_BYTES])
    for header in (b"", b"\xff", b"%PDF-1.7", b"GIF89a", b"\x00" * SNIFF_BYTES, b"FMR\x00 20\x00", b"P9\n"):
        assert not codec.sniff(header)
    assert [type(other) for other in installed_codecs() if other.sniff(data[:SNIFF_BYTES])] == [type(codec)]


def test_it_decodes_what_was_encoded(case):
    codec, data, ppi, error = case
    decoded = codec.decode(data)
    assert isinstance(decoded, DecodedImage)
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.shape == PICTURE.shape
    assert np.abs(decoded.pixels.astype(int) - PICTURE).mean() <= error
    assert decoded.ppi == ppi


def test_cut_files_are_refused(case):
    codec, data, *_ = case
    for keep in [0, 1, 2, 3, 7, 12, 20, 40, 80, *(len(data) * np.array([0.25, 0.5, 0.8])).astype(int)]:
        with pytest.raises(ImageError):
            codec.decode(data[:keep])


def test_altered_files_are_decoded_or_refused(case, rng):
    codec, data, *_ = case
    rounds = 8 if isinstance(codec, WsqCodec) else 150
    for _ in range(rounds):
        altered = bytearray(data)
        for place in rng.integers(2, min(len(data), 600), size=rng.integers(1, 4)):
            altered[place] = rng.integers(256)
        decoded = _decoded_or_refused(codec, bytes(altered))
        assert decoded is None or decoded.pixels.size <= 50_000_000


def test_noise_after_the_signature_is_refused(case, rng):
    codec, data, *_ = case
    for _ in range(5):
        with pytest.raises(ImageError):
            codec.decode(data[:8] + rng.bytes(500))


def test_other_formats_are_refused(case):
    codec, *_ = case
    for data in (b"", b"%PDF-1.7 not an image", b"GIF89a" + bytes(100)):
        with pytest.raises(ImageError):
            codec.decode(data)


@pytest.mark.parametrize("side", [9_000, 13_000, 60_000])
@pytest.mark.parametrize("name", CASES)
def test_a_huge_size_is_refused_from_the_header_alone(name, side):
    codec, make, *_ = CASES[name]
    with pytest.raises(ImageError, match=r"expected at most .*50000000 px in all, .*header states"):
        codec().decode(_claim(name, make(), side))


def test_threads_do_not_disturb_each_other(case):
    codec, data, *_ = case
    alone = codec.decode(data).pixels
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        together = list(executor.map(lambda _: codec.decode(data).pixels, range(4)))
    assert all(np.array_equal(pixels, alone) for pixels in together)
