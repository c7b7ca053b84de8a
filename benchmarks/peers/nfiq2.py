"""NFIQ 2 of images, which the package nbis-python computes in a child process; what was computed is kept.

That package belongs to the development tools. Its library wants a C library of 2023 or later (glibc 2.38); where this
interpreter's is older, another command may be named that runs a Python which can load it.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.code_version import RESULTS
from fingerprint_engine.preprocessing import FingerprintImage, resample

DRIVER = Path(__file__).with_name("drivers") / "nfiq2.py"
KEPT = RESULTS / "nfiq2.json"
PYTHON = shlex.quote(sys.executable)
NO_SCORE = -1
"""Of an image that NFIQ 2 refuses."""


def nfiq2_of(images: Sequence[FingerprintImage], python: str = PYTHON, kept: Path = KEPT) -> NDArray[np.int64]:
    """The score of each image, 0 to 100, or `NO_SCORE`.

    Parameters
    ----------
    images
        Of any resolution: they are resampled to the 500 ppi that NFIQ 2 wants, as for an extraction.
    python
        The command that runs a Python which has the package.
    kept
        A file of scores by image; what it has is not computed again, what it lacks is added.

    Raises
    ------
    SystemExit
        When the package cannot be used.
    """
    known: dict[str, int] = json.loads(kept.read_text()) if kept.is_file() else {}
    pixels = {_key(image): resample(image) for image in images}
    missing = [key for key in pixels if key not in known]
    if missing:
        known |= _computed({key: pixels[key] for key in missing}, python)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known))
    return np.array([known[_key(image)] for image in images], dtype=np.int64)


def _key(image: FingerprintImage) -> str:
    return hashlib.sha256(f"{image.ppi!r};{image.shape};".encode() + image.pixels.tobytes()).hexdigest()[:32]


def _computed(pixels: dict[str, NDArray[np.uint8]], python: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        for key, values in pixels.items():
            Image.fromarray(values).save(Path(folder) / f"{key}.png", dpi=(500, 500), compress_level=1)
        asked = "".join(f"{Path(folder) / key}.png\n" for key in pixels)
        command = [*shlex.split(python), str(DRIVER)]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stderr}")
    lines = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    return {Path(path).stem: int(score) if score else NO_SCORE for path, score in lines}
