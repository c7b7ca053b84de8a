"""Which files hold templates, and that keys leave none of them readable: the list in `docs/security.md`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fingerprint_engine import KeyRing, Template
from fingerprint_engine.cli import ExitCode

from .conftest import Run

HOLD_TEMPLATES = {"extracted", "gallery", "exported", "evaluation/templates", "people.db", "people.db.galleries"}
"""Of what the commands below write, all that lies at or below these places; the rest holds none."""


@pytest.fixture
def prints(files: Path, tmp_path: Path) -> list[Path]:
    folder = tmp_path / "images"
    folder.mkdir()
    return [Path(shutil.copy(files / name, folder / name)) for name in ("a_1.png", "a_2.png", "b_1.png")]


@pytest.mark.parametrize("with_keys", [False, True], ids=["plain", "with keys"])
def test_only_listed_files_hold_templates_none_with_keys_and_all_are_private(
    run: Run, prints: list[Path], tmp_path: Path, with_keys: bool
) -> None:
    own, out = tmp_path / "own.keys", tmp_path / "out"
    KeyRing.generate().save(own)
    out.mkdir()
    keys, registry_keys = (("--keys", own), ("--registry-keys", own)) if with_keys else ((), ())
    before = os.umask(0)
    try:
        done = [
            run("extract", *prints, "--output", out / "extracted", *keys),
            run("enrol", out / "gallery", *prints, *keys),
            run("gallery", "compact", out / "gallery", *keys),
            run("dedupe", out / "gallery", "--journal", out / "pairs.journal", *keys),
            run("gallery", "export", out / "gallery", out / "exported", *keys),
            run("evaluate", prints[0].parent, "--output", out / "evaluation", "--no-page", "--replicates", "0", *keys),
            run("registry", "init", out / "people.db", *registry_keys),
            run("registry", "admit", out / "people.db", f"right-index={prints[0]}", "--keep-images", *registry_keys),
            run("registry", "catch-up", out / "people.db", *registry_keys),
        ]
    finally:
        os.umask(before)
    assert [one.err for one in done if one.code not in (ExitCode.SUCCESS, ExitCode.NO_MATCH)] == []
    extracted = next((out / "extracted").glob("a_1*"))
    template = Template.load(extracted, keys=KeyRing.from_file(own) if with_keys else None).to_bytes()
    pieces = [template[at : at + 24] for at in range(256, len(template) - 24, 8)]
    pieces = [piece for piece in pieces if len(set(piece)) > 10]
    image = prints[0].read_bytes()[100:140]
    written = [path for path in out.rglob("*") if path.is_file()]
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []
    holding = {
        path.relative_to(out) for path in written if any(piece in path.read_bytes() for piece in [*pieces, image])
    }
    places = {place for place in HOLD_TEMPLATES if any(str(path).startswith(place) for path in holding)}
    assert places == (set() if with_keys else HOLD_TEMPLATES)
    assert {path for path in holding if not any(str(path).startswith(place) for place in places)} == set()
    sealed = extracted, next((out / "extracted").glob("a_2*"))
    assert run("compare-all", *sealed, *keys).code == ExitCode.SUCCESS
    assert run("evidence", "write", *sealed, out / "evidence.json", *keys).code == ExitCode.SUCCESS
    assert run("registry", "search", out / "people.db", sealed[1], *registry_keys).code == ExitCode.SUCCESS
    if with_keys:
        again = run("gallery", "export", out / "gallery", out / "exported", "--resume", *keys)
        assert again.code == ExitCode.SUCCESS
        resumed = run("evaluate", prints[0].parent, "--output", out / "evaluation", "--no-page", "--replicates", "0")
        assert resumed.code == ExitCode.SUCCESS
        listed = out / "exported" / "list.csv"
        assert run("enrol", out / "other", "--list", listed, *keys).code == ExitCode.SUCCESS
