"""Files that ask for far more than they bring are refused by a limit, before a decoder sees them or anything is made.

The same files, as large as the limits let them be, are measured by `benchmarks.exchange.costs`.
"""

import io
import tracemalloc
import zlib

import numpy as np
import pytest
from benchmarks.exchange.crafted_images import IMAGES, grey_noise
from benchmarks.exchange.crafted_records import RECORDS, image_record, transaction
from PIL import Image

from fingerprint_engine import load_image
from fingerprint_engine.errors import ImageError, LimitExceeded, UnreadableImage
from fingerprint_engine.exchange import ansi_nist, outline, read
from fingerprint_engine.limits import Limits
from fingerprint_engine.preprocessing.loading import pillow_codec, wsq_codec, wsq_process

FEW = Limits(items=1_000, memory_bytes=1_000_000, pixels=1_000_000, prints=100)
MUCH = {"polarity": "dark-ridges", "colour": "convert", "alpha": "white", "depth": "scale"}

# Name: size, limits, and the limit that stops it.
REFUSED_IMAGES = {
    "png_rgba": (0.01, FEW, "memory_bytes"),
    "png_16_bit_grey": (0.01, FEW, "memory_bytes"),
    "png_many_chunks": (0.001, FEW, "items"),
    "jpeg_progressive": (0.01, Limits(memory_bytes=1_000_000), "memory_bytes"),
    "jpeg_many_scans": (0.02, FEW, "items"),
    "jpeg_many_segments": (0.001, FEW, "items"),
    "jpeg_padding": (0.001, FEW, "items"),
    "jpeg_exif_in_pieces": (0.01, FEW, "memory_bytes"),
    "tiff_many_strips": (0.001, FEW, "items"),
    "tiff_numbers": (0.001, FEW, "items"),
    "tiff_huge_tile": (0.1, FEW, "memory_bytes"),
    "bmp_run_lengths": (0.001, FEW, "items"),
    "pgm_text": (0.03, FEW, "pixels"),
    "pgm_odd_range": (0.02, FEW, "memory_bytes"),
    "pbm_text": (0.01, FEW, "memory_bytes"),
    "jpeg_2000_colour": (0.005, FEW, "memory_bytes"),
    "jpeg_2000_tiles": (0.05, FEW, "items"),
    "jpeg_2000_small_blocks": (0.005, FEW, "memory_bytes"),
    "jpeg_2000_small_precincts": (0.005, FEW, "items"),
    "jpeg_2000_layers": (0.001, FEW, "items"),
    "jp2_many_boxes": (0.001, FEW, "items"),
    "j2k_many_segments": (0.001, FEW, "items"),
    "wsq_many_comments": (0.001, FEW, "items"),
    "wsq_many_tables": (0.001, FEW, "items"),
    "wsq_huge": (0.01, FEW, "memory_bytes"),
}


def _forbid_decoders(monkeypatch):
    """Let any decoder that is reached, beside those of headers, fail the test."""

    def reached(*arguments, **options):
        raise AssertionError("a decoder was reached")

    monkeypatch.setattr(Image.Image, "load", reached)
    monkeypatch.setattr(wsq_process, "run", reached)
    monkeypatch.setattr(wsq_codec.wsq_process, "run", reached)


def _peak(action):
    """The largest number of bytes that Python and numpy held beside what was there before."""
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceeded) as caught:
            action()
        return caught.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", REFUSED_IMAGES)
def test_images_are_refused_before_they_are_decoded(name, tmp_path, monkeypatch):
    size, limits, limit = REFUSED_IMAGES[name]
    path = tmp_path / name
    path.write_bytes(IMAGES[name](size))
    _forbid_decoders(monkeypatch)
    error, peak = _peak(lambda: load_image(path, ppi=500, limits=limits, **MUCH))
    assert error.limit == limit
    assert error.found > error.allowed == getattr(limits, limit)
    assert error.place == str(path)
    assert peak < 2_000_000 + 2 * path.stat().st_size


@pytest.mark.parametrize("name", sorted(set(IMAGES) - set(REFUSED_IMAGES)))
def test_other_crafted_images_are_decoded_or_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(IMAGES[name](0.001))
    try:
        assert load_image(path, ppi=500, **MUCH).pixels.size <= 50_000_000
    except ImageError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right


def test_tags_that_share_their_values_are_no_sound_file(tmp_path):
    for name in ("png_exif", "jpeg_exif_tags", "tiff_shared_tags"):
        path = tmp_path / name
        path.write_bytes(IMAGES[name](0.01))
        with pytest.raises(UnreadableImage, match="tags of a directory ask for more bytes than the file has"):
            load_image(path, ppi=500)


def test_pages_are_counted_no_further_than_is_worth_it(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(IMAGES["tiff_many_pages"](0.001))
    with pytest.raises(ImageError, match="TIFF: expected one page, got 100 or more"):
        load_image(path, ppi=500)


# Name: size, what is asked, limits, the limit that stops it.
REFUSED_RECORDS = {
    "segments_over_one_image": (0.01, "images", FEW, "pixels"),
    "one_image_in_many_records": (0.006, "images", FEW, "pixels"),
    "nothing_but_separators": (0.01, "read", FEW, "items"),
    "nothing_but_items": (0.01, "read", FEW, "items"),
    "fields_in_many_records": (0.01, "read", FEW, "items"),
    "ends_of_records": (0.001, "read", FEW, "items"),
    "many_character_sets": (0.01, "read", FEW, "items"),
    "minutiae_of_type_9": (0.01, "read", FEW, "items"),
    "payload_of_segments": (0.001, "outline", FEW, "items"),
    "payload_of_comments": (0.001, "outline", FEW, "items"),
    "minutiae_record_of_views": (0.01, "read", FEW, "items"),
    "minutiae_record_of_blocks": (0.01, "read", FEW, "items"),
    "minutiae_record_of_odd_blocks": (0.01, "read", FEW, "items"),
    "image_record_of_views": (0.01, "read", FEW, "prints"),
    "image_record_of_blocks": (0.001, "read", FEW, "items"),
    "image_record_of_images": (0.01, "images", FEW, "pixels"),
    "xyt_of_empty_lines": (0.001, "read", FEW, "items"),
    "xyt_of_lines": (0.001, "read", FEW, "items"),
}
ASKED = {
    "read": lambda data, limits: read(data, limits=limits),
    "outline": lambda data, limits: outline(read(data, limits=limits)),
    "images": lambda data, limits: read(data, limits=limits).images(),
}


@pytest.mark.parametrize("name", REFUSED_RECORDS)
def test_records_are_refused_by_the_limit_that_they_exceed(name):
    size, asked, limits, limit = REFUSED_RECORDS[name]
    data = RECORDS[name](size)
    error, peak = _peak(lambda: ASKED[asked](data, limits))
    assert error.limit == limit
    assert error.found > error.allowed == getattr(limits, limit)
    assert peak < 8_000_000 + 2 * len(data)


def test_every_crafted_file_is_tested():
    assert set(REFUSED_RECORDS) == set(RECORDS)


def test_fingers_cut_out_of_a_slap_count_as_pixels():
    """The whole slap is decoded once; what the list repeats is counted before it is copied."""
    data = RECORDS["segments_over_one_image"](0.0005)
    document = read(data, limits=Limits(pixels=10_000_000, prints=10_000))
    assert len(document.images().value) == 5
    side = document.images().value[0].image.shape[0]
    exact = (5 + 1) * side * side
    assert len(read(data, limits=Limits(pixels=exact)).images().value) == 5
    with pytest.raises(LimitExceeded, match="record 2, Type-14: limit pixels"):
        read(data, limits=Limits(pixels=exact - 1)).images()
    with pytest.raises(LimitExceeded, match="limit prints"):
        read(data, limits=Limits(prints=4)).images()


def test_each_request_about_a_document_has_the_whole_budget():
    document = read(RECORDS["segments_over_one_image"](0.0005), limits=Limits(prints=5))
    for _ in range(3):
        assert len(document.images().value) == 5


def test_an_image_that_is_too_large_alone_is_a_loss_of_its_transaction():
    sides = (60, 12_000, 60)
    big = bytearray(grey_noise("PNG", 60))
    big[16:24] = (12_000).to_bytes(4, "big") * 2
    big[29:33] = zlib.crc32(big[12:29]).to_bytes(4, "big")
    payloads = [grey_noise("PNG", 60), bytes(big), grey_noise("PNG", 60)]
    records = [image_record(i, side, payload) for i, (side, payload) in enumerate(zip(sides, payloads, strict=True))]
    found = read(transaction(*records)).images()
    assert len(found.value) == 2
    assert any("record 3" in loss and "at most 10000 px" in loss for loss in found.losses)


def test_time_is_a_limit_between_the_steps():
    data = RECORDS["segments_over_one_image"](0.0005)
    with pytest.raises(LimitExceeded) as caught:
        read(data, limits=Limits(seconds=0.0))
    assert caught.value.limit == "seconds"


def test_what_a_transaction_says_is_limited_where_it_is_described():
    transaction = ansi_nist.loads(RECORDS["payload_of_comments"](0.001))
    with pytest.raises(LimitExceeded, match="limit items"):
        ansi_nist.describe(transaction, limits=FEW)
    with pytest.raises(LimitExceeded, match="limit items"):
        ansi_nist.contradictions(transaction, limits=FEW)


def test_no_limit_refuses_what_is_sound(tmp_path):
    pixels = np.random.default_rng(3).integers(0, 256, (900, 800), dtype=np.uint8)
    for kind in ("PNG", "TIFF", "BMP", "JPEG", "JPEG2000", "PPM"):
        path = tmp_path / kind
        options = {"progressive": True, "quality": 95} if kind == "JPEG" else {}
        Image.fromarray(pixels).save(path, kind, **options)
        assert load_image(path, ppi=500, polarity="dark-ridges").shape == (900, 800)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "1", "I;16"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_strips_of_an_image_are_the_image(mode, kind, monkeypatch):
    """Pixels are taken from Pillow and made grey a strip at a time."""
    if (mode, kind) == ("LA", "TIFF"):
        pytest.skip("Pillow writes it, and reads it as something else")
    rng = np.random.default_rng(4)
    grey = Image.fromarray(rng.integers(0, 256, (100, 70), dtype=np.uint8))
    image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    whole = pillow_codec.PillowCodec().decode(buffer.getvalue()).pixels
    monkeypatch.setattr(pillow_codec, "_STRIP_ROWS", 7)
    strips = pillow_codec.PillowCodec().decode(buffer.getvalue()).pixels
    assert strips.dtype == whole.dtype
    assert np.array_equal(strips, whole)
