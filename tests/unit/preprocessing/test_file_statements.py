"""What image files say about their pixels beside the pixels: what 0 means, depth, palette, pages, shape and turn."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from tests.conftest import draw_print

from fingerprint_engine.errors import ImageError, ResolutionWarning
from fingerprint_engine.preprocessing import load_image

PRINT = draw_print()
WIDE = PRINT.astype(np.uint16) * 257
ALL = {"polarity": "dark-ridges", "ppi": 500}


def tiff(pixels, *, photometric, bits, subfiles=(), compression=1, order="<"):
    """A TIFF file of one strip; `subfiles` are the types of pages that follow, which repeat the pixels."""
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8 + len(data)) + data)
    pages = [0, *subfiles]
    for number, subfile in enumerate(pages):
        tags = [
            (254, 4, subfile), (256, 4, pixels.shape[1]), (257, 4, pixels.shape[0]), (258, 3, bits),
            (259, 3, compression), (262, 3, photometric), (273, 4, 8), (277, 3, 1), (278, 4, pixels.shape[0]),
            (279, 4, len(data)),
        ]  # fmt: skip
        out += struct.pack(order + "H", len(tags))
        for tag, kind, value in tags:
            out += struct.pack(order + "HHI", tag, kind, 1)
            out += struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        last = number == len(pages) - 1
        out += struct.pack(order + "I", 0 if last else len(out) + 4)
    return bytes(out)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [0, 1])
def test_zero_is_white_where_the_file_says_so(photometric, bits, order):
    stored = PRINT if bits == 8 else WIDE
    stored = ~stored if photometric == 0 else stored
    image = load_image(tiff(stored, photometric=photometric, bits=bits, order=order), ppi=500, depth="scale")
    assert np.array_equal(image.pixels, PRINT)  # and it was not refused as inverted


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_compression_does_not_matter(tmp_path, compression, mode):
    stored = Image.fromarray(PRINT if mode == "L" else ~WIDE)  # Pillow inverts 8 bits when it writes them
    path = tmp_path / "white_is_zero.tif"
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[262] = 0
    stored.save(path, compression=compression, tiffinfo=tags)
    with Image.open(path) as written:
        assert written.tag_v2[262] == 0
    assert np.array_equal(load_image(path, depth="scale", **ALL).pixels, PRINT)


def test_bits_of_a_fax(tmp_path):
    path = tmp_path / "fax.tif"
    Image.fromarray(PRINT > 128).save(path, compression="group4")
    with Image.open(path) as written:
        assert written.tag_v2[262] in (0, 1)
    assert np.array_equal(load_image(path, depth="scale", **ALL).pixels > 128, PRINT > 128)


@pytest.mark.parametrize("photometric", [0, 1])
def test_twelve_bits_in_sixteen_are_refused_whatever_zero_means(photometric):
    twelve = PRINT.astype(np.uint16) * 16
    data = tiff(4095 - twelve if photometric == 0 else twelve, photometric=photometric, bits=16)
    with pytest.raises(ImageError, match="expected values over the full 16 bits"):
        load_image(data, depth="scale", **ALL)


def test_a_palette_is_looked_up(tmp_path):
    paletted = Image.fromarray(255 - PRINT)
    paletted.putpalette([level for grey in range(255, -1, -1) for level in (grey,) * 3])
    for name in ("a.png", "a.tif", "a.bmp"):
        paletted.save(tmp_path / name)
        assert np.array_equal(load_image(tmp_path / name, **ALL).pixels, PRINT)


def test_ink_is_refused_by_its_name(tmp_path):
    for name in ("a.tif", "a.jpg"):
        Image.fromarray(PRINT).convert("CMYK").save(tmp_path / name)
        with pytest.raises(ImageError, match="colour mode CMYK"):
            load_image(tmp_path / name, colour="convert", **ALL)


def jpeg(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=98, **options)
    return out.getvalue()


def test_auxiliary_pictures_behind_a_jpeg_are_no_pages(tmp_path):
    first, second = Image.fromarray(PRINT), Image.fromarray(PRINT[::4, ::4])
    first.save(tmp_path / "two.mpo", save_all=True, append_images=[second], quality=98)
    image = load_image(tmp_path / "two.mpo", ppi=500)
    assert image.shape == PRINT.shape
    assert np.abs(image.pixels.astype(int) - PRINT).max() < 30
    plain = load_image(jpeg(PRINT) + jpeg(PRINT[::4, ::4]), ppi=500)
    assert np.abs(plain.pixels.astype(int) - PRINT).max() < 30


@pytest.mark.parametrize("subfiles", [(1,), (4,), (1, 4), (5, 1)])
def test_thumbnails_and_masks_behind_a_tiff_are_no_pages(subfiles):
    image = load_image(tiff(PRINT, photometric=1, bits=8, subfiles=subfiles), ppi=500)
    assert np.array_equal(image.pixels, PRINT)


@pytest.mark.parametrize("subfiles", [(0,), (2,), (1, 0)])
def test_pages_of_a_tiff_are(subfiles):
    with pytest.raises(ImageError, match="TIFF: expected one page, got 2"):
        load_image(tiff(PRINT, photometric=1, bits=8, subfiles=subfiles), ppi=500)


def with_density(data, unit, x, y):
    """A JPEG file whose JFIF header states other pixels: unit 0 is a shape only, 1 per inch, 2 per cm."""
    at = data.index(b"JFIF\0") + 7
    return data[:at] + struct.pack(">BHH", unit, x, y) + data[at + 5 :]


def with_physical_pixels(data, unit, x, y):
    """A PNG file that states pixels per metre (unit 1) or a shape (0)."""
    import zlib

    chunk = b"pHYs" + struct.pack(">IIB", x, y, unit)
    return data[:33] + struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


OBLONG = {
    "PNG per metre": with_physical_pixels(png(PRINT), 1, 19685, 9843),
    "PNG shape": with_physical_pixels(png(PRINT), 0, 2, 1),
    "JFIF per inch": with_density(jpeg(PRINT), 1, 500, 250),
    "JFIF per cm": with_density(jpeg(PRINT), 2, 197, 98),
    "JFIF shape": with_density(jpeg(PRINT), 0, 2, 1),
}
SQUARE = {
    "PNG per metre": with_physical_pixels(png(PRINT), 1, 19685, 19685),
    "JFIF per inch": with_density(jpeg(PRINT), 1, 500, 500),
    "JFIF per cm": with_density(jpeg(PRINT), 2, 197, 197),
}


@pytest.mark.parametrize("data", OBLONG.values(), ids=OBLONG)
def test_oblong_pixels_are_seen_in_every_unit_and_the_caller_outranks_them(data):
    with pytest.raises(ImageError, match="expected square pixels"):
        load_image(data)
    with pytest.warns(ResolutionWarning, match="the caller says 500 ppi, the file's header .* along y"):
        assert load_image(data, ppi=500).ppi == 500.0


@pytest.mark.parametrize("data", SQUARE.values(), ids=SQUARE)
def test_square_pixels_are_believed_in_every_unit(data):
    assert load_image(data).ppi == pytest.approx(500.0, abs=0.5)


@pytest.mark.parametrize("data", [with_physical_pixels(png(PRINT), 0, 1, 1), with_density(jpeg(PRINT), 0, 1, 1)])
def test_a_square_shape_is_no_resolution(data):
    with pytest.raises(ImageError, match="resolution unknown"):
        load_image(data)
    assert load_image(data, ppi=500).ppi == 500.0


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_jpeg_is_set_upright(turn):
    exif = Image.Exif()
    exif[274] = turn
    upright = np.ascontiguousarray(PRINT[:, 20:300])
    # What a camera that was held like this has stored.
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: np.rot90(upright), 7: np.rot90(upright.T, 2), 8: np.rot90(upright, -1),
    }[turn]  # fmt: skip
    image = load_image(jpeg(np.ascontiguousarray(stored), exif=exif), ppi=500)
    assert image.shape == upright.shape
    assert np.abs(image.pixels.astype(int) - upright).mean() < 3
