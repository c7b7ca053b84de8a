"""Bulk extraction through the seam of a cluster: the templates of `extract_many`, resumable."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import extract_many
from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.cluster import ThreadExecutor, extraction
from fingerprint_engine.cluster.executors import Lost
from fingerprint_engine.cluster.extraction import extract_on
from fingerprint_engine.errors import GalleryError, InputError, JournalError

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    broken = tmp_path_factory.mktemp("files") / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    files = [SAMPLES / "1_1.png", broken, SAMPLES / "2_1.png", SAMPLES / "absent.png"]
    return [(path.stem, str(path)) for path in files]


class _Counting(ThreadExecutor):
    """Threads that count the files that they read, or are lost."""

    files, is_lost = 0, False

    def call(self, function: Callable[..., Any], shards: Any, arguments: Any, seconds: float) -> list[Any]:
        if self.is_lost:
            return [Lost("KilledWorker")] * len(arguments)
        self.files += sum(len(piece) for piece, _ in arguments)
        return super().call(function, shards, arguments, seconds)


def _shown(outcomes: Any) -> list[Any]:
    return [(key, str(one) if isinstance(one, ExtractionFailure) else one.to_bytes()) for key, one in outcomes]


def test_templates_and_failures_are_those_of_one_machine(
    paths: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "PIECE_FILES", 1)
    monkeypatch.setattr(extraction, "_PIECES_AT_ONCE", 1)
    expected = _shown(extract_many(paths, ppi=500))
    assert [isinstance(one, bytes) for _, one in expected] == [True, False, True, False]
    journal, executor = tmp_path / "journal", _Counting()
    assert _shown(extract_on(executor, paths, ppi=500)) == expected
    stopped = extract_on(executor, paths, ppi=500, journal=journal)
    assert _shown(itertools.islice(stopped, 2)) == expected[:2]
    stopped.close()  # type: ignore[attr-defined]
    executor.files = 0
    assert _shown(extract_on(executor, paths, ppi=500, journal=journal)) == expected
    assert executor.files == 2  # those of the first pieces were kept
    assert _shown(extract_on(executor, paths, ppi=500, journal=journal)) == expected
    assert executor.files == 2
    for other in ({"ppi": 400}, {"ppi": 500, "paths": paths[:3]}):
        with pytest.raises(JournalError, match="the journal of other files"):
            next(extract_on(executor, **{"paths": paths, "journal": journal, **other}))  # type: ignore[arg-type]
    executor.close()


@pytest.mark.parametrize("line", [b"{}", b"nothing", b'{"key": "1_1", "template": "AAAA"}', b'{"key": "x"}', b"[]"])
def test_a_line_that_is_none_is_refused(paths: list[tuple[str, str]], tmp_path: Path, line: bytes) -> None:
    executor = _Counting()
    executor.is_lost = True
    with pytest.raises(GalleryError):  # the journal is begun, and nothing is in it
        next(extract_on(executor, paths, ppi=500, journal=tmp_path / "journal"))
    with (tmp_path / "journal").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(JournalError, match="not of a journal of extraction"):
        next(extract_on(executor, paths, ppi=500, journal=tmp_path / "journal"))
    executor.close()


def test_lost_workers_are_said(paths: list[tuple[str, str]]) -> None:
    executor = _Counting()
    executor.is_lost = True
    with pytest.raises(GalleryError, match="worker: KilledWorker; with a journal, the run can go on"):
        next(extract_on(executor, paths, ppi=500))
    executor.close()


def test_no_workers_are_refused(paths: list[tuple[str, str]], tmp_path: Path) -> None:
    executor = _Counting()
    with pytest.raises(InputError, match="workers: expected at least 1, got 0"):
        next(extract_on(executor, paths, workers=0, journal=tmp_path / "journal"))
    assert not (tmp_path / "journal").exists()
    executor.close()
