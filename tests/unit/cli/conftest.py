"""A folder of files that the command line meets, and a way to run it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fingerprint_engine import extract, image_from_array
from fingerprint_engine.cli import main


@dataclasses.dataclass(frozen=True)
class Result:
    """What one run left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The only JSON document on stdout."""
        lines = self.documents
        assert len(lines) == 1
        return lines[0]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Every line of stdout, each a JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process."""

    def run_words(*words: object) -> Result:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_words


def save(path: Path, pixels: NDArray[np.uint8], *, ppi: float | None = 500.0) -> Path:
    """Write a PNG file, with its resolution if there is one."""
    Image.fromarray(pixels).save(path, **({} if ppi is None else {"dpi": (ppi, ppi)}))
    return path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, drawn_print: NDArray[np.uint8]) -> Path:
    """Two impressions of finger a, one of finger b, and much that is no print. Nobody may write here."""
    folder = tmp_path_factory.mktemp("files")
    other = np.ascontiguousarray(drawn_print[:, ::-1])  # a mirrored print is another finger
    save(folder / "a_1.png", drawn_print)
    save(folder / "a_2.png", np.ascontiguousarray(drawn_print[20:, 24:]))
    save(folder / "b_1.png", other)
    save(folder / "no_ppi.png", drawn_print, ppi=None)
    save(folder / "inverted.png", 255 - drawn_print)
    save(folder / "blank.png", np.full((300, 300), 255, np.uint8))
    noise = np.random.default_rng(3).integers(0, 256, (300, 300)).astype(np.uint8)
    save(folder / "noise.png", noise)
    colour = np.stack([drawn_print, noise[:1, :1] * 0 + drawn_print, 255 - drawn_print], axis=2)
    save(folder / "colour.png", colour)
    (folder / "truncated.png").write_bytes((folder / "a_1.png").read_bytes()[:500])
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.png").write_text("not an image")
    for name, pixels in (("a", drawn_print), ("b", other)):
        data = extract(image_from_array(pixels, 500.0)).to_bytes()
        (folder / f"{name}.fpt").write_bytes(data)
        (folder / f"{name}_template_called.png").write_bytes(data)
    data = bytearray((folder / "a.fpt").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "flipped_bit.fpt").write_bytes(data)
    (folder / "cut.fpt").write_bytes((folder / "a.fpt").read_bytes()[:40])
    return folder
