"""``convert``, and ``inspect`` and ``extract`` on records of others."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine import Finger, FingerprintImage, Impression, Template, exchange
from fingerprint_engine.cli import ExitCode
from fingerprint_engine.cli.console import Coloured, Console
from fingerprint_engine.exchange import PrintImage, image_records, minutiae_records

from .conftest import Run


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Path:
    """Records with prints in them. Nobody may write here."""
    folder = tmp_path_factory.mktemp("records")
    prints = [
        PrintImage(FingerprintImage(draw_print(), 500.0), Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN, 7),
        PrintImage(FingerprintImage(draw_print()[:, ::-1], 500.0), Finger.LEFT_MIDDLE, Impression.LIVESCAN_PLAIN, 8),
        PrintImage(FingerprintImage(np.full((200, 200), 255, np.uint8), 500.0), Finger.LEFT_RING),
    ]
    template = Template.from_bytes((files / "a.fpt").read_bytes())
    (folder / "prints.fir").write_bytes(image_records.dumps(prints))
    (folder / "one.fir").write_bytes(image_records.dumps(prints[:1]))
    data = bytearray(minutiae_records.dumps([template]))
    (folder / "minutiae.fmr").write_bytes(data)
    data[11] ^= 1
    (folder / "wrong_length.fmr").write_bytes(data)
    (folder / "cut.fmr").write_bytes(data[:40])
    (folder / "faces.fac").write_bytes(b"FAC\x00010\0")
    (folder / "page.xml").write_bytes(b'<?xml version="1.0"?><html/>')
    return folder


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("out.fmr", [], "minutiae record"),
        ("out.xyt", [], "xyt minutiae list"),
        ("out.fpt", [], "template"),
        ("out", ["--to", "incits-378:2009"], "minutiae record"),
        ("out", ["--to", "iso-19794-2:2011", "--native"], "minutiae record"),
    ],
)
def test_a_template_to_other_formats(
    run: Run, files: Path, tmp_path: Path, name: str, options: list[str], kind: str
) -> None:
    result = run("convert", files / "a.fpt", tmp_path / name, *options, "--json")
    assert result.code == ExitCode.SUCCESS
    document = exchange.read(tmp_path / name)
    assert (document.format, result.document["format"]) == (kind, "template")
    assert result.document["bytes"] == (tmp_path / name).stat().st_size
    assert all(f"lost: {loss}" in result.err for loss in result.document["losses"])
    assert bool(result.document["losses"]) is (kind != "template" and "--native" not in options)


def test_an_image_record_to_an_image(run: Run, records: Path, tmp_path: Path) -> None:
    result = run("convert", records / "prints.fir", tmp_path / "two.png", "--number", "2")
    assert result.code == ExitCode.SUCCESS
    assert "image record" in result.out
    (found,) = exchange.read(tmp_path / "two.png").images().value
    np.testing.assert_array_equal(found.image.pixels, draw_print()[:, ::-1])


def test_images_to_a_new_transaction(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.an2"
    refused = run("convert", records / "prints.fir", out, "--origin", "AA")
    assert refused.code == ExitCode.BAD_INPUT
    assert "--transaction-type, --destination, --control-number, --captured" in refused.err
    words = ["--transaction-type", "CPS", "--origin", "AA", "--destination", "BB", "--control-number", "7"]
    assert run("convert", records / "prints.fir", out, *words, "--captured", "2024-01-02").code == ExitCode.SUCCESS
    assert len(exchange.read(out, strict=True).images().value) == 3
    text = run("inspect", out)
    assert text.code == ExitCode.SUCCESS
    for part in ("ANSI/NIST-ITL transaction", "record 5, Type-14", "TOT", "CPS", "bytes, png"):
        assert part in text.out
    assert "\x1b" not in text.out  # no colours but on a terminal
    assert run("convert", records / "prints.fir", out, *words, "--captured", "today").code == ExitCode.BAD_INPUT


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["minutiae.fmr", "x.png"], ExitCode.BAD_INPUT, "no images"),
        (["prints.fir", "x.fpt"], ExitCode.BAD_INPUT, "extract them first"),
        (["prints.fir", "x.png"], ExitCode.BAD_INPUT, "holds 3 images, the target holds one; pass --number"),
        (["prints.fir", "x.iso"], ExitCode.BAD_INPUT, "suffix"),
        (["prints.fir", "x.fir", "--to", "fax"], ExitCode.BAD_INPUT, "there is no"),
        (["cut.fmr", "x.xyt"], ExitCode.BAD_INPUT, "offset"),
        (["faces.fac", "x.xyt"], ExitCode.BAD_INPUT, "faces"),
        (["absent.fmr", "x.xyt"], ExitCode.BAD_INPUT, "absent.fmr"),
        (["minutiae.fmr", "x.xyt", "--strict"], ExitCode.BAD_INPUT, "would lose"),
        (["wrong_length.fmr", "x.fmr", "--strict"], ExitCode.BAD_INPUT, "record length"),
    ],
)
def test_what_cannot_be_converted_leaves_nothing(
    run: Run, records: Path, tmp_path: Path, words: list[str], code: ExitCode, error: str
) -> None:
    result = run("convert", records / words[0], tmp_path / words[1], *words[2:], "--json")
    assert result.code == code
    assert error in result.err
    assert result.document["exit_code"] == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", ["normal", "compact"])
def test_to_a_card_and_back(run: Run, files: Path, tmp_path: Path, size: str) -> None:
    card, back = tmp_path / "card", tmp_path / "back.fpt"
    assert run("convert", files / "a.fpt", card, "--to", f"card-{size}", "--strict").code == ExitCode.BAD_INPUT
    written = run("convert", files / "a.fpt", card, "--to", f"card-{size}", "--json").document
    assert "cores and deltas" not in written["losses"]  # the drawn print has none
    assert run("convert", card, back).code == ExitCode.BAD_INPUT  # nothing in it says what it is
    assert run("convert", card, back, "--card", size, "--strict").code == ExitCode.BAD_INPUT
    result = run("convert", card, back, "--card", size, "--json")
    assert result.code == ExitCode.SUCCESS
    assert any("size of the print" in warning for warning in result.document["warnings"])
    verified = run("verify", back, files / "a.fpt", "--json").document
    assert verified["is_match"] is True


@pytest.mark.parametrize(("name", "words"), [("page.xml", "XML of a kind"), ("faces.fac", "record of faces")])
def test_kinds_that_are_not_read_are_refused_by_name(
    run: Run, records: Path, tmp_path: Path, name: str, words: str
) -> None:
    result = run("inspect", records / name)
    assert (result.code, words in result.err) == (ExitCode.BAD_INPUT, True)
    result = run("extract", records / name, "--output", tmp_path)
    assert (result.code, words in result.err) == (ExitCode.FAILURE_TO_EXTRACT, True)


def test_an_output_that_exists_is_kept(run: Run, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.fmr"
    out.write_bytes(b"precious")
    assert run("convert", records / "minutiae.fmr", out).code == ExitCode.OUTPUT
    assert out.read_bytes() == b"precious"
    assert run("convert", records / "minutiae.fmr", out, "--overwrite").code == ExitCode.SUCCESS
    assert out.read_bytes() == (records / "minutiae.fmr").read_bytes()


def test_inspect_shows_a_tree_with_warnings(run: Run, records: Path) -> None:
    text = run("inspect", records / "wrong_length.fmr")
    assert text.code == ExitCode.SUCCESS
    for part in ("ISO/IEC 19794-2:2005", "minutiae", "└─ view 1", "warning: ", "record length"):
        assert part in text.out
    document = run("inspect", records / "wrong_length.fmr", "--json").document
    assert document["kind"] == "minutiae record"
    assert len(document["warnings"]) == 1
    assert document["content"][0] == {"name": "version", "value": "ISO/IEC 19794-2:2005"}


def test_inspect_says_what_is_wrong_with_a_record(run: Run, records: Path) -> None:
    result = run("inspect", records / "cut.fmr")
    assert result.code == ExitCode.BAD_INPUT
    assert f"{records / 'cut.fmr'}: ISO/IEC 19794-2:2005, " in result.err
    assert "offset" in result.err
    assert run("inspect", records / "minutiae.fmr", "--picture", "x.png").code == ExitCode.BAD_INPUT


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)

    def shown(stream: io.StringIO, *, as_json: bool = False) -> str:
        Console(stream, io.StringIO(), as_json=as_json).text("name: ", Coloured("a\x1b[2J", "36"))
        return stream.getvalue()

    assert shown(Terminal()) == "name: \x1b[36ma\\x1b[2J\x1b[0m\n"
    assert shown(Terminal(), as_json=True) == ""
    assert shown(io.StringIO()) == "name: a\\x1b[2J\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Terminal()) == "name: a\\x1b[2J\n"


def test_extract_takes_the_prints_of_records(run: Run, records: Path, files: Path, tmp_path: Path) -> None:
    names = [records / "prints.fir", records / "one.fir", records / "minutiae.fmr", files / "b_1.png"]
    result = run("extract", *names, "--output", tmp_path, "--json")
    assert result.code == ExitCode.FAILURE_TO_EXTRACT  # the third print is blank
    assert {path.name for path in tmp_path.iterdir()} == {
        "prints-01-left-index.fpt",
        "prints-02-left-middle.fpt",
        "one.fpt",
        "minutiae.fpt",
        "b_1.fpt",
    }
    first = Template.from_bytes((tmp_path / "prints-01-left-index.fpt").read_bytes())
    assert (first.finger, first.impression) == (Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN)
    assert first.minutiae.x.tolist() == Template.from_bytes((files / "a.fpt").read_bytes()).minutiae.x.tolist()
    verified = run("verify", tmp_path / "minutiae.fpt", files / "a.fpt", "--json").document
    assert verified["is_match"] is True


def test_extract_counts_records_that_give_nothing(run: Run, records: Path, tmp_path: Path) -> None:
    result = run("extract", records / "cut.fmr", "--output", tmp_path)
    assert result.code == ExitCode.FAILURE_TO_EXTRACT
    assert list(tmp_path.iterdir()) == []


def _picture(path: Path, pixels: np.ndarray, dpi: tuple[float, float] = (500, 500)) -> Path:
    Image.fromarray(pixels).save(path, dpi=dpi)
    return path


@pytest.mark.parametrize(
    ("pixels", "dpi", "options", "said"),
    [
        (draw_print(), (500, 250), ["--ppi", "500"], "square pixels"),
        (255 - draw_print(), (500, 500), ["--polarity", "light-ridges"], "light ridges"),
        (
            np.dstack([draw_print(), 255 - draw_print(), draw_print()]).astype(np.uint8),
            (500, 500),
            ["--colour", "convert", "--polarity", "dark-ridges"],
            "--colour convert",
        ),
    ],
    ids=["oblong", "inverted", "colour"],
)
@pytest.mark.filterwarnings("ignore::fingerprint_engine.errors.ResolutionWarning")
def test_a_plain_image_is_loaded_by_the_rules_of_all_commands(
    run: Run, tmp_path: Path, pixels: np.ndarray, dpi: tuple[float, float], options: list[str], said: str
) -> None:
    source, target = _picture(tmp_path / "print.png", pixels, dpi), tmp_path / "print.fir"
    refused = run("convert", source, target)
    assert refused.code != ExitCode.SUCCESS
    assert said in refused.err
    assert not target.exists()
    assert run("convert", source, target, *options).code == ExitCode.SUCCESS
    (made,) = exchange.read(target).images().value
    assert (made.image.shape, made.image.ppi) == (pixels.shape[:2], 500)
    if pixels.ndim == 2:
        assert (made.image.pixels == draw_print()).all()


def test_rules_of_images_are_refused_for_records(run: Run, records: Path, tmp_path: Path) -> None:
    refused = run("convert", records / "one.fir", tmp_path / "a.png", "--polarity", "detect")
    assert refused.code == ExitCode.BAD_INPUT
    assert "is a record" in refused.err
