"""Files written by us are read by other people's code: minutiae by an NBIS binding, images by Pillow and NIST's WSQ."""

import io
import struct

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine import Finger, FingerprintImage, Impression, extract, image_from_array
from fingerprint_engine.exchange import PrintImage, image_codecs, image_records, minutiae_records
from fingerprint_engine.exchange.image_codecs import Compression

PICTURE = draw_print()
IMAGE = FingerprintImage(PICTURE, 500.0)


@pytest.fixture(scope="module")
def nbis():
    """The binding ``nbis-python``; its library wants a C library of 2024 or later."""
    try:
        import nbis as module
    except ImportError:
        pytest.skip("nbis-python is not installed")
    except OSError as error:
        pytest.skip(f"nbis-python cannot be loaded here: {error}")
    if not hasattr(module.NbisExtractor, "load_iso_19794_2_2011"):
        pytest.skip("another package is called nbis: it reads no ISO/IEC 19794-2:2011")
    return module


@pytest.fixture(scope="module")
def extractor(nbis):
    settings = nbis.NbisExtractorSettings(
        min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=500.0
    )
    return nbis.new_nbis_extractor(settings)


@pytest.fixture(scope="module")
def wsq():
    return pytest.importorskip("_wsq", reason="the extra wsq is not installed")


def _png(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", dpi=(500, 500))
    return buffer.getvalue()


def test_nbis_reads_the_minutiae_that_we_wrote(nbis, extractor):
    template = extract(image_from_array(PICTURE, 500.0, polarity="dark-ridges"))
    data = minutiae_records.dumps([template], "iso-19794-2:2011")
    theirs = extractor.load_iso_19794_2_2011(data).get()
    (view,) = minutiae_records.loads(data).views
    kinds = {nbis.MinutiaKind.RIDGE_ENDING: 1, nbis.MinutiaKind.BIFURCATION: 2}
    assert len(theirs) == len(view.minutiae) > 15
    for ours, other in zip(view.minutiae, theirs, strict=True):
        assert (ours.x, ours.y, ours.kind) == (other.x(), other.y(), kinds[other.kind()])
        assert abs((ours.angle * 360 / 256 - other.angle() + 180) % 360 - 180) <= 11.25  # NBIS has 32 directions
        assert ours.quality == pytest.approx(100 * other.reliability(), abs=0.5)


def test_nbis_matches_our_minutiae_with_its_own(extractor):
    """Bozorth3, NIST's matcher, needs positions and directions to mean the same on both sides."""
    template = extract(image_from_array(PICTURE, 500.0, polarity="dark-ridges"))
    ours = extractor.load_iso_19794_2_2011(minutiae_records.dumps([template], "iso-19794-2:2011"))
    theirs = extractor.extract_minutiae(_png(PICTURE))
    mirrored = extractor.extract_minutiae(_png(np.ascontiguousarray(PICTURE[:, ::-1])))
    assert ours.compare(theirs) > 20 > ours.compare(mirrored)


def test_we_read_the_record_that_nbis_wrote(nbis, extractor):
    theirs = extractor.extract_minutiae(_png(PICTURE))
    record = minutiae_records.loads(bytes(theirs.to_iso_19794_2_2011()), strict=True)
    (view,) = record.views
    kinds = {nbis.MinutiaKind.RIDGE_ENDING: 1, nbis.MinutiaKind.BIFURCATION: 2}
    assert record.version == "iso-19794-2:2011"
    assert (view.width, view.height) == PICTURE.shape[::-1]
    for ours, other in zip(view.minutiae, theirs.get(), strict=True):
        assert (ours.x, ours.y, ours.kind) == (other.x(), other.y(), kinds[other.kind()])
        assert abs((ours.angle * 360 / 256 - other.angle() + 180) % 360 - 180) <= 1


@pytest.mark.parametrize("ppi", [500.0, 1000.0])
def test_nists_decoder_reads_our_wsq_with_its_resolution(wsq, ppi):
    data = image_codecs.encode(FingerprintImage(PICTURE, ppi), Compression.WSQ)
    pixels, cols, rows, found = wsq.decompress(data)
    assert (rows, cols, found) == (*PICTURE.shape, round(ppi))
    ours, _ = image_codecs.decode(data, Compression.WSQ, rows=rows, cols=cols)
    np.testing.assert_array_equal(ours, np.frombuffer(pixels, np.uint8).reshape(rows, cols))


def test_our_decoding_of_wsq_is_nists_to_the_grey_level(wsq, data_folder):
    paths = sorted((data_folder / "formats" / "wsq").glob("*.wsq"))
    assert len(paths) == 29
    for path in paths[::5]:
        data = path.read_bytes()
        pixels, cols, rows, _ = wsq.decompress(data)
        ours, remarks = image_codecs.decode(data, Compression.WSQ, rows=rows, cols=cols)
        assert remarks == ()
        np.testing.assert_array_equal(ours, np.frombuffer(pixels, np.uint8).reshape(rows, cols))


@pytest.mark.parametrize("compression", [Compression.JPEG_2000, Compression.JPEG_2000_LOSSLESS, Compression.PNG])
@pytest.mark.parametrize("ppi", [500.0, 1000.0])
def test_pillow_reads_our_images_with_their_resolution(compression, ppi):
    data = image_codecs.encode(FingerprintImage(PICTURE, ppi), compression)
    with Image.open(io.BytesIO(data)) as opened:
        theirs = np.asarray(opened)
        assert (opened.mode, opened.info["dpi"]) == ("L", pytest.approx((ppi, ppi), abs=0.05))
    ours, _ = image_codecs.decode(data, compression, rows=PICTURE.shape[0], cols=PICTURE.shape[1])
    assert np.abs(ours.astype(int) - theirs).max() <= 1
    if compression.is_lossless:
        np.testing.assert_array_equal(theirs, PICTURE)


def test_pillow_agrees_on_jpeg_2000_by_others(data_folder):
    """Within one grey level, in every record from other systems that holds JPEG 2000."""
    compared = 0
    for name in ("iso19794-4_v010", "iso19794-4_v020"):
        for path in sorted((data_folder / "formats" / name).iterdir()):
            record = image_records.loads(path.read_bytes())
            for view, one in zip(record.views, image_records.images(record).value, strict=True):
                if record.version.compressions[view.compression] is Compression.RAW or view.data[:1] == b"\xff":
                    continue
                with Image.open(io.BytesIO(view.data)) as opened:
                    grey = np.asarray(opened.convert("L"))
                assert np.abs(grey.astype(int) - one.image.pixels).max() <= 1, path.name
                compared += 1
    assert compared == 24


def test_payloads_lie_in_our_image_records_where_their_layout_says():
    """Read by offsets alone, without any of our code."""
    prints = [PrintImage(IMAGE, Finger.LEFT_INDEX, Impression.LIVESCAN_ROLLED, 7)]
    old = image_records.dumps(prints, "iso-19794-4:2005", compression=Compression.PNG)
    assert old[:8] == b"FIR\x00010\x00"
    assert int.from_bytes(old[8:14], "big") == len(old)
    level, fingers, scale, *resolution, depth, compression = struct.unpack(">HBBHHHHBB", old[16:30])
    assert (level, fingers, scale, resolution, depth, compression) == (31, 1, 1, [500] * 4, 8, 5)
    length, position, count, view, _, impression, width, height, _ = struct.unpack(">IBBBBBHHB", old[32:46])
    assert (length, position, count, view, impression) == (len(old) - 32, 7, 1, 1, 1)
    new = image_records.dumps(prints, "iso-19794-4:2011", compression=Compression.PNG)
    assert new[:8] == b"FIR\x00020\x00"
    assert struct.unpack(">IHBB", new[8:16]) == (len(new), 1, 0, 1)
    assert struct.unpack(">I", new[16:20]) == (len(new) - 16,)
    assert new[20:29] == b"\xff" * 9
    assert struct.unpack(">BBBHHHHBBBHHI", new[35:57])[:3] == (7, 0, 1)
    for start, data in ((46, old), (57, new)):
        with Image.open(io.BytesIO(data[start:])) as opened:
            np.testing.assert_array_equal(np.asarray(opened), PICTURE)
    assert (width, height) == PICTURE.shape[::-1]


@pytest.mark.parametrize(("version", "header"), [("iso-19794-2:2005", 24), ("incits-378:2004", 26)])
def test_minutiae_lie_in_our_records_where_their_layout_says(version, header):
    """Read by offsets alone, without any of our code."""
    template = extract(image_from_array(PICTURE, 500.0, polarity="dark-ridges"), finger=Finger.LEFT_INDEX)
    data = minutiae_records.dumps([template], version)
    assert data[:8] == b"FMR\0 20\0"
    assert int.from_bytes(data[8 : 12 if header == 24 else 10], "big") == len(data)
    width, height, x_ppcm, y_ppcm, views, _ = struct.unpack(">HHHHBB", data[header - 10 : header])
    assert (width, height, x_ppcm, y_ppcm, views) == (*PICTURE.shape[::-1], 197, 197, 1)
    position, _, quality, count = data[header : header + 4]
    assert (position, quality, count) == (7, template.quality, len(template))
    step = 360 / 256 if header == 24 else 2.0
    for i in range(count):
        x, y, angle, quality = struct.unpack_from(">HHBB", data, header + 4 + 6 * i)
        assert abs((x & 0x3FFF) - template.minutiae.x[i]) <= 0.5
        assert abs(y - template.minutiae.y[i]) <= 0.5
        assert x >> 14 == template.minutiae.kind[i]
        assert abs((angle * step - np.degrees(template.minutiae.direction[i]) + 180) % 360 - 180) <= step / 2 + 0.01
        assert quality == max(1, template.minutiae.quality[i])
