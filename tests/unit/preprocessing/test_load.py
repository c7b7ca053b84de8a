"""`load_image`: format by content, resolution from the caller or a plausible header, orientation tags obeyed."""

import importlib.metadata
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine import plugins
from fingerprint_engine.errors import ImageError, MissingExtra, ResolutionWarning, UnreadableImage
from fingerprint_engine.plugins import IMAGE_CODECS
from fingerprint_engine.preprocessing import image_from_array, load_image
from fingerprint_engine.preprocessing.loading import wsq_codec, wsq_process


@pytest.fixture
def save(tmp_path, drawn_print):
    def save(name, pixels=None, **options):
        path = tmp_path / name
        Image.fromarray(drawn_print if pixels is None else pixels).save(path, **options)
        return path

    return save


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.pgm", "a.jp2", "a.j2k"])
def test_lossless_formats_give_the_same_pixels(save, drawn_print, name):
    image = load_image(save(name), ppi=500)
    assert np.array_equal(image.pixels, drawn_print)
    assert image.ppi == 500.0


def test_the_name_says_nothing_about_the_format(save, tmp_path, drawn_print):
    odd = tmp_path / "print.jpg"
    shutil.copy(save("a.png"), odd)
    assert np.array_equal(load_image(str(odd), ppi=500).pixels, drawn_print)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.jpg"])
@pytest.mark.parametrize("ppi", [500, 1000])
def test_a_plausible_header_is_believed(save, name, ppi):
    assert load_image(save(name, dpi=(ppi, ppi))).ppi == float(ppi)  # not 499.999, as whole pixels per metre would give


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.jpg"])
@pytest.mark.parametrize("ppi", [72, 96, 120])
def test_an_implausible_header_is_no_resolution(save, name, ppi):
    path = save(name, dpi=(ppi, ppi))
    with pytest.raises(ImageError, match=rf"a\.\w+: resolution unknown: the header states {ppi} ppi.*pass ppi="):
        load_image(path)
    assert load_image(path, ppi=500).ppi == 500.0  # and no warning: nobody wrote it on purpose


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm", "a.jp2"])
def test_no_resolution_is_never_assumed(save, name):
    with pytest.raises(ImageError, match="resolution unknown: the file states none; pass ppi="):
        load_image(save(name))


def test_caller_and_header_may_differ_by_five_per_cent(save):
    path = save("a.png", dpi=(512, 512))
    assert load_image(path, ppi=500).ppi == 500.0
    with pytest.warns(ResolutionWarning, match="caller says 569 ppi, the file's header 512 ppi; the caller's is used"):
        assert load_image(path, ppi=569).ppi == 569.0


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.jpg"])
@pytest.mark.parametrize("stated", [(500, 1000), (96, 72)])
def test_oblong_pixels_are_refused_unless_the_caller_says_otherwise(save, name, stated):
    path = save(name, dpi=stated)
    said = r"\d+(\.\d+)? ppi along x and \d+(\.\d+)? ppi along y"
    with pytest.raises(ImageError, match=f"expected square pixels, header states {said}; pass ppi="):
        load_image(path)
    with pytest.warns(ResolutionWarning, match=f"caller says 500 ppi, the file's header {said}; the caller's is used"):
        assert load_image(path, ppi=500).ppi == 500.0


@pytest.mark.parametrize("ppi", [72, 0, -1, float("nan"), "500", True])
def test_an_implausible_caller_is_refused(save, ppi):
    with pytest.raises(ImageError, match="ppi: expected"):
        load_image(save("a.png"), ppi=ppi)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_orientation_tags_are_obeyed(tmp_path, drawn_print, name):
    mirrored = Image.fromarray(np.ascontiguousarray(drawn_print[:, ::-1]))
    exif = Image.Exif()
    exif[274] = 2  # mirrored left to right
    mirrored.save(tmp_path / name, exif=exif, **({"quality": 95} if name == "a.jpg" else {}))
    upright = load_image(tmp_path / name, ppi=500).pixels
    assert np.abs(upright.astype(int) - drawn_print).mean() < 2.0


def test_arrays_obey_the_same_rules(drawn_print):
    assert np.array_equal(image_from_array(drawn_print, 500).pixels, drawn_print)
    with pytest.raises(ImageError, match="expected 16 to 10000 px per side, got 30 x 15 px"):
        image_from_array(np.zeros((15, 30), np.uint8), 500)
    with pytest.raises(ImageError, match="ppi: expected 125 to 4000"):
        image_from_array(drawn_print, 72)


def test_real_wsq_agrees_with_its_original(data_folder):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    folder = data_folder / "formats" / "wsq"
    original = np.fromfile(folder / "a001.raw", np.uint8)
    decoded = load_image(folder / "ebts-jet__a001.wsq", ppi=500).pixels
    assert decoded.size == original.size
    assert np.abs(decoded.ravel().astype(int) - original).mean() < 4.0  # lossy, 15:1


def test_real_wsq_states_its_resolution_or_not(data_folder):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    folder = data_folder / "formats" / "wsq"
    assert load_image(folder / "jnbis__fp-1.wsq").ppi == 500.0
    with pytest.raises(ImageError, match="the file states none"):
        load_image(folder / "idemia-wsq__test.wsq")


def test_wsq_without_its_extra_says_what_to_install(tmp_path, monkeypatch):
    frame = b"\xff\xa0\xff\xa2\x00\x11\x00\xff\x00\x40\x00\x40" + bytes(40)
    path = tmp_path / "a.wsq"
    path.write_bytes(frame)
    monkeypatch.setattr(wsq_process, "extension_module", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'fingerprint-matching-engine\[wsq\]'"):
        load_image(path, ppi=500)


def test_a_decoder_that_dies_does_not_take_the_process_along(tmp_path, monkeypatch):
    """The C decoder aborts on some damaged files; here the child is made to."""
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    path = tmp_path / "a.wsq"
    path.write_bytes(b"\xff\xa0\xff\xa2\x00\x11\x00\xff\x00\x40\x00\x40" + bytes(40))
    for death in ("import os; os.abort()", "import ctypes; ctypes.string_at(0)", "import os; os._exit(0)"):
        monkeypatch.setattr(wsq_codec, "_CHILD", death)
        with pytest.raises(ImageError, match="WSQ: the file is damaged or cut off"):
            load_image(path, ppi=500)


def test_a_decoder_that_hangs_or_cannot_start_is_given_up(tmp_path, monkeypatch):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    path = tmp_path / "a.wsq"
    path.write_bytes(b"\xff\xa0\xff\xa2\x00\x11\x00\xff\x00\x40\x00\x40" + bytes(40))
    monkeypatch.setattr(wsq_codec, "_CHILD", "import time; time.sleep(60)")
    with pytest.raises(UnreadableImage, match=r"WSQ: decoding did not end within 0\.2 s"):
        wsq_codec.WsqCodec(time_limit_s=0.2).decode(path.read_bytes())
    monkeypatch.setattr(wsq_process.sys, "executable", str(tmp_path / "no-such-python"))
    with pytest.raises(UnreadableImage, match="WSQ: no process could be started for decoding"):
        load_image(path, ppi=500)


def test_wsq_whose_pixels_are_not_as_many_as_stated_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    path = tmp_path / "a.wsq"
    path.write_bytes(b"\xff\xa0\xff\xa2\x00\x11\x00\xff\x00\x40\x00\x40" + bytes(40))
    answer = "import sys, struct; sys.stdout.buffer.write(struct.pack('<iii', 64, 32, 500) + bytes(2048))"
    monkeypatch.setattr(wsq_codec, "_CHILD", answer)
    with pytest.raises(UnreadableImage, match="WSQ: expected 64 x 64 px as the header states, got 64 x 32"):
        load_image(path, ppi=500)


def test_an_entry_point_that_is_no_codec_is_named(tmp_path, monkeypatch):
    path = tmp_path / "a.toy"
    path.write_bytes(b"TOY")
    wrong = importlib.metadata.EntryPoint("toy", "builtins:object", IMAGE_CODECS)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [wrong])
    with pytest.raises(ImageError, match=r"image codec 'toy' \(builtins:object\): expected sniff\(\) and decode\(\)"):
        load_image(path, ppi=500)


def test_codecs_of_other_packages_serve_files_and_payloads(tmp_path):
    """Installed for a child process only: a folder with a module and its metadata."""
    (tmp_path / "toy.py").write_text(
        "import numpy as np\n"
        "from fingerprint_engine.preprocessing import DecodedImage\n"
        "class ToyCodec:\n"
        "    def sniff(self, header): return header.startswith(b'TOY')\n"
        "    def decode(self, data, budget):\n"
        "        return DecodedImage(np.full((20, 30), data[3], np.uint8), (500.0, 500.0))\n"
    )
    (tmp_path / "toy-1.0.dist-info").mkdir()
    (tmp_path / "toy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (tmp_path / "toy-1.0.dist-info" / "entry_points.txt").write_text(
        "[fingerprint_engine.image_codecs]\ntoy = toy:ToyCodec\n"
    )
    (tmp_path / "a.toy").write_bytes(b"TOY\x07")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import fingerprint_engine as fe;"
        f"image = fe.load_image({str(tmp_path / 'a.toy')!r}); print(image.shape, image.ppi, image.pixels.max());"
        "from fingerprint_engine.exchange import image_codecs as codecs;"
        "pixels, remarks = codecs.decode(b'TOY\\x09', codecs.Compression.WSQ, rows=20, cols=30);"
        "print(pixels.max(), remarks)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    of_file, of_payload = answer.stdout.splitlines()
    assert of_file == "(20, 30) 500.0 7"
    assert of_payload == "9 ('image data: the record states wsq, the data are of another kind',)"
