"""The command line as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def start(*words: object, **settings: object) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "fingerprint_engine", *(str(word) for word in words)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings
    )  # type: ignore[call-overload]


def test_verify_as_a_process(files: Path) -> None:
    process = start("--json", "verify", files / "a.fpt", files / "a_2.png")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out)["is_match"] is True
    assert err == ""


def test_help_of_the_program_and_a_wrong_command_load_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from fingerprint_engine.cli import main\n"
        "codes = main(['--version']), main(['--help']), main(['verfy'])\n"
        "heavy = {'numba', 'numpy', 'cv2', 'matplotlib', 'faiss'} & set(sys.modules)\n"
        "sys.exit(f'{codes} {heavy}' if codes != (0, 0, 2) or heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_verify_loads_only_what_it_needs(files: Path) -> None:
    code = (
        "import sys\n"
        "from fingerprint_engine.cli import main\n"
        f"code = main(['verify', {str(files / 'a.fpt')!r}, {str(files / 'b.fpt')!r}])\n"
        "rooms = {'fingerprint_engine.synthesis', 'fingerprint_engine.index', 'fingerprint_engine.exchange'}\n"
        "extra = ({'matplotlib', 'faiss'} | rooms) & set(sys.modules)\n"
        "sys.exit(f'{code} {extra}' if code != 10 or extra else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_accident(files: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    words = ["inspect", str(files / "a.fpt")]
    done = subprocess.run(
        [sys.executable, "-m", "fingerprint_engine", *words],
        stdout=writing, stderr=subprocess.PIPE, env=environment, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""
