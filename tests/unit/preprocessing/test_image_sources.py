"""`load_image` takes what callers have: paths, bytes, files, arrays and images of Pillow's; anything else is named."""

import io
import pathlib

import cv2
import numpy as np
import pytest
from PIL import Image

import fingerprint_engine as fe
from fingerprint_engine.limits import Limits


@pytest.fixture
def path(samples_folder):
    return samples_folder / "9_1.png"


@pytest.fixture
def pixels(path):
    return fe.load_image(path).pixels


def test_the_same_pixels_from_every_kind_of_source(path, pixels):
    data = path.read_bytes()
    with path.open("rb") as file, Image.open(path) as picture:
        sources = (str(path), path, data, bytearray(data), memoryview(data), io.BytesIO(data), file, picture)
        images = [fe.load_image(source) for source in sources]
    images.append(fe.load_image(pixels, ppi=500))
    images.append(fe.load_image(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), ppi=500))
    assert all(np.array_equal(image.pixels, pixels) and image.ppi == 500 for image in images)


def test_the_order_of_channels_is_the_callers():
    red = np.full((40, 50, 3), (200, 60, 20), np.uint8)
    settled = {"ppi": 500, "colour": "convert", "polarity": "dark-ridges"}
    rgb = fe.load_image(red, **settled)
    assert rgb.pixels[0, 0] == round(0.299 * 200 + 0.587 * 60 + 0.114 * 20)
    assert np.array_equal(fe.load_image(red[:, :, ::-1], channels="bgr", **settled).pixels, rgb.pixels)
    opaque = np.dstack([red[:, :, ::-1], np.full((40, 50), 255, np.uint8)])
    assert np.array_equal(fe.load_image(opaque, channels="bgr", **settled).pixels, rgb.pixels)
    with pytest.raises(fe.ParameterError, match="channels: expected one of rgb, bgr, got 'gbr'"):
        fe.load_image(red, channels="gbr", **settled)


def test_an_array_has_no_resolution_of_its_own(pixels):
    with pytest.raises(fe.ImageError, match="resolution unknown"):
        fe.load_image(pixels)


def test_an_image_of_pillows_states_its_own(pixels):
    picture = Image.fromarray(pixels)
    with pytest.raises(fe.ImageError, match="resolution unknown"):
        fe.load_image(picture)
    picture.info["dpi"] = (500, 500)
    assert fe.load_image(picture).ppi == 500
    with pytest.warns(fe.ResolutionWarning, match="the caller's is used"):
        assert fe.load_image(picture, ppi=1000).ppi == 1000


@pytest.mark.parametrize("source", [None, 3, 4.5, ["a.png"], object()])
def test_another_kind_is_named(source):
    with pytest.raises(fe.InputError, match=rf"expected a path, bytes, .* got {type(source).__name__}"):
        fe.load_image(source, ppi=500)


def test_a_file_in_text_mode_is_named():
    with pytest.raises(fe.InputError, match="binary mode"):
        fe.load_image(io.StringIO("P5"), ppi=500)


def test_a_closed_file_cannot_be_read(path):
    with path.open("rb") as file:
        pass
    with pytest.raises(fe.UnreadableImage, match=r"9_1\.png: the file cannot be read"):
        fe.load_image(file)


def test_no_more_is_read_of_a_file_than_allowed(path):
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            assert 0 < size <= 1001
            Endless.asked += size
            return b"x" * size

    with pytest.raises(fe.ImageError, match="file_bytes"):
        fe.load_image(Endless(), limits=Limits(file_bytes=1000))
    assert Endless.asked == 1001


def test_an_image_of_pillows_is_limited_too():
    picture = Image.new("L", (4000, 4000))
    with pytest.raises(fe.ImageError, match="pixels"):
        fe.load_image(picture, ppi=500, limits=Limits(pixels=1_000_000))


def test_an_image_of_pillows_whose_file_is_cut_off(path, tmp_path):
    cut = tmp_path / "cut.png"
    cut.write_bytes(path.read_bytes()[:2000])
    with Image.open(cut) as picture, pytest.raises(fe.UnreadableImage, match="cannot be read"):
        fe.load_image(picture)


def test_a_path_of_another_kind(path):
    class Named:
        def __fspath__(self):
            return str(path)

    assert fe.load_image(Named()).ppi == 500
    with pytest.raises(fe.UnreadableImage, match="there is no such file"):
        fe.load_image(pathlib.Path("/nowhere/at all.png"))
