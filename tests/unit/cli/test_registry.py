"""``registry`` and the day in custody: what they say, what they write, and how they end."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import draw_print

from fingerprint_engine import Finger
from fingerprint_engine.exchange import image_codecs
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import PointPeople

FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], list[Path]]:
    """Template files of a new impression of two fingers of a person."""
    folder, people = tmp_path_factory.mktemp("hands"), PointPeople(5)

    def files(number: int) -> list[Path]:
        made = []
        for template in people.prints(number, FINGERS):
            path = folder / f"{len(list(folder.iterdir()))}.fpt"
            path.write_bytes(template.to_bytes())
            made.append(path)
        return made

    return files


@pytest.fixture
def registry(run: Run, tmp_path: Path) -> str:
    path = str(tmp_path / "people.db")
    assert run("registry", "init", path, "--write-policy", tmp_path / "policy.toml").code == 0
    assert "[purposes.admission]" in (tmp_path / "policy.toml").read_text()
    assert Path(path).stat().st_mode & 0o777 == 0o600
    return path


def _admit(run: Run, registry: str, files: list[Path], *more: str) -> dict[str, Any]:
    found = run("registry", "admit", registry, *files, "--actor", "officer 1", "--json", *more)
    assert found.code == 0, found.err
    return found.document


def test_from_admission_to_erasure(run: Run, registry: str, hands: Callable[[int], list[Path]], tmp_path: Path) -> None:
    first = _admit(run, registry, hands(1), "--name", "Ugo Inventato", "--custody-number", "1", "--unit", "A")
    other = _admit(run, registry, hands(2), "--name", "Eva Inventada", "--custody-number", "2", "--unit", "A")
    again = _admit(run, registry, hands(1), "--name", "Altro Nome", "--custody-number", "3", "--unit", "A")
    assert (first["outcome"], other["outcome"], again["outcome"]) == ("new", "new", "known")
    person, second = first["person"]["id"], other["person"]["id"]
    assert again["person"]["id"] == person
    told = run("registry", "admit", registry, *hands(1), "--language", "it", "--unit", "A")
    assert told.out.startswith("Conosciuto: fascicolo")

    assert run("registry", "check", registry, person, *hands(1)).code == 0
    refused = run("registry", "check", registry, person, *hands(2), "--language", "es")
    assert refused.code == 10
    assert "NO es la misma persona" in refused.out
    found = run("registry", "find", registry, "2", "--json")
    assert [one["id"] for one in found.document["persons"]] == [second]
    way = run("registry", "biography", registry, person)
    assert "Ugo Inventato, Altro Nome" in way.out

    captures = tmp_path / "captures.csv"
    _write(captures, ["prints", "card"], [[";".join(map(str, hands(1))), person]])
    counted = run("registry", "roll-call", registry, captures, "--unit", "A")
    assert counted.code == 10
    assert "1 present, 1 missing" in counted.out

    (case,) = run("registry", "cases", registry, "--json").document["cases"]
    page = tmp_path / "case.html"
    assert run("registry", "case", registry, case["id"], "--page", page).code == 0
    assert page.read_text().count("<img") == 4  # two fingers beside the claimed file and beside the one they match
    assert not re.search(r"(src|href)=\"(http|//)", page.read_text())
    for language, matched in (("es", "mismo número en ambas"), ("en", "same number in both")):
        words = ("registry", "case", registry, case["id"], "--language", language)
        assert run(*words, "--page", page, "--overwrite").code == 0
        key = page.read_text().partition('<ul class="key">')[2].partition("</ul>")[0]
        assert key.count("<li>") == key.count("<svg") == 7
        assert matched in key
    decided = run("registry", "decide-case", registry, case["id"], "different", "--reason", "seen")
    assert decided.code == 0

    refused = run("registry", "release", registry, person, *hands(2))
    assert refused.code == 10
    assert run("registry", "release", registry, person, *hands(1)).code == 0
    assert "to erase: 0" in run("registry", "retain", registry).out
    assert "to erase: 1" in run("registry", "retain", registry, "--on", "2099-01-01").out
    proof = run("registry", "erase", registry, person, "--json")
    assert proof.code == 0
    assert proof.document["residue"]["found"] == []
    gone = run("registry", "check", registry, person, *hands(1))
    assert gone.code == 2
    assert "was erased" in gone.err
    head = tmp_path / "head.json"
    assert run("registry", "audit", registry, "--export", head).code == 0
    assert run("registry", "audit", registry, "--head", head).code == 0
    head.write_text(json.dumps({**json.loads(head.read_text()), "digest": "0" * 64}))
    assert run("registry", "audit", registry, "--head", head).code == 10


def test_merging_needs_two_examiners_and_is_undone(run: Run, registry: str, hands: Callable[[int], list[Path]]) -> None:
    one, two = (_admit(run, registry, hands(number))["person"]["id"] for number in (1, 2))
    made = run("registry", "merge", registry, one, two, "--reason", "same", "--json").document["id"]
    words = ("registry", "decide", registry, made, "accept", "--reason", "seen")
    assert run(*words, "--actor", "examiner 1").code == 5
    assert run(*words, "--actor", "examiner 2").code == 0
    (change,) = run("registry", "changes", registry, "--json").document["changes"]
    assert run("registry", "undo", registry, change["id"]).code == 0
    assert run("registry", "undo", registry, change["id"]).code == 2
    assert run("registry", "duplicates", registry).out == "0 new proposals\n"
    assert "waits" not in run("registry", "proposals", registry).out


def test_lists_are_done_line_by_line_and_every_line_is_reported(
    run: Run, registry: str, hands: Callable[[int], list[Path]], tmp_path: Path
) -> None:
    listing = tmp_path / "people.csv"
    rows = [[";".join(map(str, hands(number))), "remand", f"Nome {number}", "N-1"] for number in (1, 2)]
    _write(listing, ["prints", "category", "name", "custody_number"], [*rows, ["absent.fpt", "remand", "x", "N-2"]])
    done = run("registry", "admit", registry, "--batch", listing, "--json")
    assert done.code == 2
    assert [line.get("outcome") for line in done.documents] == ["new", None, None]
    assert [line.get("error") for line in done.documents] == [None, "RecordConflict", "UnreadableImage"]
    checks = tmp_path / "checks.csv"
    _write(checks, ["person", "prints"], [[done.documents[0]["person"], ";".join(map(str, hands(1)))]])
    assert run("registry", "check", registry, "--batch", checks).out.endswith("1 of 1 lines done\n")
    _write(checks, ["person", "fingers"], [["a", "b"]])
    assert "column 'fingers' is unknown" in run("registry", "check", registry, "--batch", checks).err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check",), "none with this identifier"),
        (("check", "--purpose", "picnic"), "expected a purpose among"),
        (("find", "x", "--kind", "shoe size"), "expected one of custody number"),
        (("undo", "H-NONE"), "none with this identifier"),
        (("undo", "H-NONE", "--purpose", "visit"), "may not decide"),
        (("case", "C-NONE"), "none with this identifier"),
        (("init",), "holds a registry already"),
    ],
)
def test_what_cannot_be_done_says_why(
    run: Run, registry: str, hands: Callable[[int], list[Path]], words: tuple[str, ...], message: str
) -> None:
    prints = ["P-NOBODY", *hands(1)] if words[0] == "check" else []
    found = run("registry", words[0], registry, *prints, *words[1:])
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err


def test_kept_images_give_templates_of_another_extractor(run: Run, registry: str, samples_folder: Path) -> None:
    image = samples_folder / "9_2.png"
    words = ("registry", "admit", registry, f"right-index={image}", "--extractor", "classical", "--json")
    first = run(*words, "--keep-images")
    assert first.code == 0, first.err
    done = run("registry", "reextract", registry, "--json")
    assert done.code == 0, done.err
    assert done.document == {"made": 1, "failed": [], "without_image": 0}
    assert run("registry", "reextract", registry, "--json").document["made"] == 0
    again = run("registry", "admit", registry, f"right-index={samples_folder / '9_1.png'}", "--json")
    assert again.document["outcome"] == "known"
    assert again.document["person"]["id"] == first.document["person"]["id"]


def test_a_file_that_is_no_registry_is_refused(run: Run, tmp_path: Path) -> None:
    assert "no such file" in run("registry", "cases", tmp_path / "absent.db").err
    (tmp_path / "other.db").write_bytes(b"not a database at all" * 100)
    found = run("registry", "cases", tmp_path / "other.db")
    assert found.code == 2
    assert "cannot be used" in found.err


def test_a_day_in_custody(run: Run, tmp_path: Path) -> None:
    day = run("demo", "--custody", "--output", tmp_path)
    assert day.code == 0, day.err
    for sentence in (
        "One of them was here before under another name",
        "The fingers are those of Carla Imaginaire 50, a visitor",
        "9 present, 1 missing, 2 with another card, 2 from outside, 0 not decidable",
        "Refused: release of",
        "none is left",
        "entries is whole",
    ):
        assert sentence in day.out
    assert len(list((tmp_path / "custody").glob("case-*.html"))) == 2
    again = run("demo", "--custody", "--output", tmp_path, "--language", "fr", "--json")
    assert again.code == 0
    assert again.document["audit"] == "whole"
    assert again.document["erasure"]["complete"]
    (tmp_path / "other" / "custody").mkdir(parents=True)
    assert run("demo", "--custody", "--output", tmp_path / "other").code == 9


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_a_transaction_that_says_how_long_it_may_be_kept_is_kept_no_longer(
    run: Run, registry: str, tmp_path: Path
) -> None:
    image = FingerprintImage(draw_print(), 1000.0)
    (tmp_path / "a.png").write_bytes(image_codecs.encode(image, image_codecs.Compression.PNG))
    sent = tmp_path / "request.xml"
    words = ("--from", "Police of Nowhere:ABC", "--serial", 7, "--polarity", "dark-ridges", "--to", "INTERPOL:XPO")
    fields = ("--field", "CRN=ABC/1234", "--field", "SEX=F", "--field", "NAM=|Ada||Doe", "--field", "EXP=20980105")
    made = run("int-i", "build", "CPS", f"{tmp_path / 'a.png'}:2", *words, *fields, "--captured", "2026-01-02",
               "--output", sent)  # fmt: skip
    assert made.code == 0, made.err
    taken = run("registry", "admit", registry, sent, "--polarity", "dark-ridges", "--json")
    assert taken.document.get("outcome") == "new", taken.document
    person = taken.document["person"]["id"]
    answered = run(
        "registry", "answer", registry, "XPO", sent, "--reference", "ABC/1234", "--polarity", "dark-ridges", "--json"
    )
    assert answered.document["their_reference"] == "ABC/1234"
    held = run("registry", "access", registry, person, "--json").document
    assert [one["last_day"] for one in held["encounters"]] == ["2098-01-05"]
    before = run("registry", "retain", registry, "--on", "2098-01-05", "--json").document
    after = run("registry", "retain", registry, "--on", "2098-01-06", "--json").document
    assert (before["erase"], before["exchanges"]) == ([], 0)
    assert (after["erase"], after["exchanges"]) == ([person], 1)
    late = run("registry", "admit", registry, sent, "--polarity", "dark-ridges", "--last-day", "2020-01-01")
    assert late.code == 2
    assert "last_day" in late.err
