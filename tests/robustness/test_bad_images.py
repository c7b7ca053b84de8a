"""Every kind of bad image gets its own typed error, which says what was expected and what was found."""

import contextlib
import io
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.errors import ImageError, LimitExceeded, UnreadableImage
from fingerprint_engine.preprocessing import load_image

PRINT = draw_print(128)
COLOUR = np.dstack([PRINT, PRINT // 2, 255 - PRINT])


def _encoded(pixels, kind="PNG", mode=None, **options):
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(buffer, kind, **options)
    return buffer.getvalue()


def _pages(kind):
    first, second = Image.fromarray(PRINT), Image.fromarray(PRINT[::-1].copy())
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=[second])
    return buffer.getvalue()


def _transparent():
    opacity = np.where(PRINT > 200, np.uint8(0), np.uint8(255))
    return _encoded(np.dstack([PRINT, PRINT, PRINT, opacity]))


BAD_FILES = {
    "empty": (lambda: b"", UnreadableImage, "expected an image file, got an empty one"),
    "text": (lambda: b"not an image at all", UnreadableImage, "got a file of another kind"),
    "pdf": (lambda: b"%PDF-1.7\n" + bytes(500), UnreadableImage, "got a file of another kind"),
    "gif": (lambda: _encoded(PRINT, "GIF"), UnreadableImage, "expected PNG, BMP, TIFF, .* got a file of another kind"),
    "cut png": (lambda: _encoded(PRINT)[:2000], UnreadableImage, "PNG: the file is damaged or cut off"),
    "cut jpeg": (lambda: _encoded(PRINT, "JPEG")[:2000], UnreadableImage, "JPEG: the file is damaged or cut off"),
    "header only": (lambda: b"\x89PNG\r\n\x1a\n", UnreadableImage, "PNG: the file begins like one, but its header"),
    "flipped bit": (
        lambda: _encoded(PRINT)[:1000] + b"\x00" + _encoded(PRINT)[1001:],
        UnreadableImage,
        "PNG: the file is damaged or cut off",
    ),
    "one pixel": (lambda: _encoded(PRINT[:1, :1]), ImageError, "expected 16 to 10000 px per side, got 1 x 1 px"),
    "one row": (lambda: _encoded(PRINT[:1]), ImageError, "got 128 x 1 px"),
    "too wide": (lambda: _encoded(np.zeros((20, 10_001), np.uint8)), ImageError, "at most 10000 px per side"),
    "colour": (lambda: _encoded(COLOUR), ImageError, 'expected grey, got colour .*colour="convert"'),
    "colour palette": (lambda: _encoded(COLOUR, mode="P"), ImageError, "expected grey, got colour"),
    "cmyk": (lambda: _encoded(COLOUR, "JPEG", mode="CMYK"), ImageError, "expected grey, .* got colour mode CMYK"),
    "lab": (lambda: _encoded(COLOUR, "TIFF", mode="LAB"), ImageError, "expected grey, .* got colour mode LAB"),
    "transparent": (_transparent, ImageError, 'expected opaque pixels, .* are not; alpha="white"'),
    "16-bit": (lambda: _encoded(PRINT.astype(np.uint16) * 257), ImageError, 'got dtype uint16; depth="scale"'),
    "16-bit pgm": (lambda: b"P5 20 20 65535\n" + bytes(800), ImageError, 'got dtype int32; depth="scale"'),
    "1-bit": (lambda: _encoded(PRINT > 128), ImageError, 'got dtype bool; depth="scale"'),
    "float tiff": (lambda: _encoded(PRINT / np.float32(255), "TIFF"), ImageError, 'got dtype float32; depth="scale"'),
    "two pages": (lambda: _pages("TIFF"), ImageError, "TIFF: expected one page, got 2"),
    "animated": (lambda: _pages("PNG"), ImageError, "PNG: expected one page, got 2"),
    "inverted": (lambda: _encoded(255 - PRINT), ImageError, "seems to show light ridges on a dark ground"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_its_own_message(tmp_path, name):
    make, kind, message = BAD_FILES[name]
    path = tmp_path / "some-print"
    path.write_bytes(make())
    with pytest.raises(kind, match=re.escape(str(path)) + ".*" + message) as refused:
        load_image(path, ppi=500)
    assert (type(refused.value) is UnreadableImage) == (kind is UnreadableImage)


def test_16_bit_colour_is_refused_and_not_cut_down(tmp_path):
    import cv2

    for name in ("a.png", "a.tif"):
        cv2.imwrite(str(tmp_path / name), COLOUR.astype(np.uint16) * 257)
        with pytest.raises(ImageError, match="expected 8 bits a channel, got 16-bit RGB"):
            load_image(tmp_path / name, ppi=500, colour="convert", depth="scale")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("colour", {"colour": "convert"}),
        ("colour palette", {"colour": "convert"}),
        ("transparent", {"alpha": "white"}),
        ("16-bit", {"depth": "scale"}),
        ("1-bit", {"depth": "scale"}),
        ("float tiff", {"depth": "scale"}),
        ("inverted", {"polarity": "light-ridges"}),
    ],
)
def test_what_can_be_mended_is_mended_on_request(tmp_path, name, options):
    path = tmp_path / "some-print"
    path.write_bytes(BAD_FILES[name][0]())
    image = load_image(path, ppi=500, polarity=options.pop("polarity", "dark-ridges"), **options)
    assert image.pixels.dtype == np.uint8
    if "colour" not in options:  # luminance of false colours is something else
        assert np.corrcoef(image.pixels.ravel(), PRINT.ravel())[0, 1] > 0.85


def test_paths_that_are_no_files(tmp_path):
    with pytest.raises(UnreadableImage, match="got a directory"):
        load_image(tmp_path, ppi=500)
    with pytest.raises(UnreadableImage, match="there is no such file"):
        load_image(tmp_path / "absent.png", ppi=500)
    with pytest.raises(UnreadableImage, match="there is no such file"):
        load_image(str(tmp_path / "a\0b.png"), ppi=500)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableImage, match="expected a file, got a device, pipe or socket"):
        load_image(tmp_path / "pipe", ppi=500)  # and does not wait for a writer
    with pytest.raises(UnreadableImage, match="expected a file, got a device, pipe or socket"):
        load_image("/dev/zero", ppi=500)
    link = tmp_path / "loop"
    link.symlink_to(link)
    with pytest.raises(UnreadableImage, match="the file cannot be read"):
        load_image(link, ppi=500)


def test_a_socket_is_no_file():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(folder + "/s")
        with pytest.raises(UnreadableImage):
            load_image(folder + "/s", ppi=500)


def test_a_file_too_large_to_be_an_image_is_not_read(tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(10**12)  # takes no room on disk
    with pytest.raises(LimitExceeded, match="limit file_bytes: expected at most 134,217,728, found 1,000,000,000,000"):
        load_image(path, ppi=500)


def test_no_permission():
    """As another user where the tests run as root, who may read everything."""
    code = (
        "import os, sys\n"
        "from fingerprint_engine.errors import UnreadableImage\n"
        "from fingerprint_engine.preprocessing.loading.load import load_image\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: load_image(sys.argv[1], ppi=500)\n"
        "except UnreadableImage as error: print(error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "a.png"
        path.write_bytes(_encoded(PRINT))
        path.chmod(0o000)
        answer = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == f"{path}: no permission to read the file"


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "JPEG", "JPEG2000"])
def test_every_cut_and_many_flips_end_in_an_image_or_a_typed_error(tmp_path, kind, rng):
    data = _encoded(PRINT[:40, :48], kind)
    path = tmp_path / "some-print"
    for keep in range(0, len(data), max(1, len(data) // 80)):
        path.write_bytes(data[:keep])
        try:
            image = load_image(path, ppi=500, polarity="dark-ridges")
        except ImageError:
            continue
        assert keep > len(data) - 24  # only checksum and closing mark are missing
        assert np.abs(image.pixels.astype(int) - PRINT[:40, :48]).mean() < 5.0
    for _ in range(150):
        altered = bytearray(data)
        altered[rng.integers(len(data))] ^= 1 << rng.integers(8)
        path.write_bytes(altered)
        # A warning is ours about resolution or Pillow's about tags; only these tests' settings make it an error.
        with contextlib.suppress(ImageError, UserWarning):
            load_image(path, ppi=500, polarity="dark-ridges")
