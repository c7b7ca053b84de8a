"""What a script sees of the command line whatever surrounds it: 0 and 10 are answers, everything else is none."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

from fingerprint_engine import extract, image_from_array

PROGRAM = f"{shlex.quote(sys.executable)} -m fingerprint_engine"
ENTRY = f"{shlex.quote(sys.executable)} -c 'from fingerprint_engine.cli.process import run; run()'"
needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


@pytest.fixture(scope="module")
def prints(tmp_path_factory: pytest.TempPathFactory, drawn_print) -> Path:
    """Two prints of different fingers, as templates, and an empty folder."""
    folder = tmp_path_factory.mktemp("prints")
    for name, pixels in (("a", drawn_print), ("b", drawn_print[:, ::-1])):
        (folder / f"{name}.fpt").write_bytes(extract(image_from_array(pixels.copy(), 500.0)).to_bytes())
    (folder / "empty").mkdir()
    return folder


def shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in the folder of the prints."""
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment
    return subprocess.run(["bash", "-c", command], cwd=folder, env=surroundings, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("verify a.fpt absent.fpt", 2),
        ("identify absent.gallery a.fpt", 7),
        ("gallery compact absent.gallery", 7),
        ("gallery measure absent.gallery", 7),
        ("gallery check absent.gallery", 7),
        ("enrol new.gallery empty", 11),
        ("verify a.fpt a.fpt >&-", 9),
        ("--help >&-", 9),
        ("--version >&-", 9),
        ("verify a.fpt a.fpt 2>&-", 0),
        ("verify a.fpt b.fpt 2>&-", 10),
        ("verify a.fpt absent.fpt 2>&-", 2),
        ("verify a.fpt a.fpt <&-", 0),
        ("verify a.fpt b.fpt <&- >&- 2>&-", 9),
        ("verify a.fpt a.fpt | true; exit ${PIPESTATUS[0]}", 141),
        ("verify a.fpt absent.fpt 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 2),
    ],
)
def test_what_a_line_of_shell_ends_with(prints: Path, line: str, code: int) -> None:
    assert shell(f"{PROGRAM} {line}", prints).returncode == code


@pytest.mark.parametrize("program", [PROGRAM, ENTRY], ids=["module", "entry point"])
@pytest.mark.parametrize(("line", "code"), [("verify a.fpt a.fpt", 0), ("verify a.fpt b.fpt", 10)])
def test_the_two_answers(prints: Path, program: str, line: str, code: int) -> None:
    assert shell(f"{program} {line}", prints).returncode == code


@needs_dev_full
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("verify a.fpt b.fpt >/dev/full", 9),
        ("--json verify a.fpt b.fpt >/dev/full", 9),
        ("--help >/dev/full", 9),
        ("verify --help >/dev/full", 9),
        ("--version >/dev/full", 9),
        ("verify a.fpt a.fpt 2>/dev/full", 0),
        ("verify a.fpt b.fpt 2>/dev/full", 10),
        ("verify a.fpt absent.fpt 2>/dev/full", 2),
        ("verify a.fpt b.fpt >/dev/full 2>/dev/full", 9),
    ],
)
def test_a_full_device_is_never_an_answer(prints: Path, line: str, code: int) -> None:
    assert shell(f"{PROGRAM} {line}", prints).returncode == code
    if "--" in line:
        assert shell(f"{PROGRAM} {line}", prints, PYTHONUNBUFFERED="1").returncode == code


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHOME": "/nonexistent"}, {"PYTHONIOENCODING": "no-such-encoding"}, {"PYTHONPATH": "/nonexistent"}],
)
def test_a_python_that_does_not_start_gives_no_answer(prints: Path, environment: dict[str, str]) -> None:
    done = shell(f"{shlex.quote(sys.executable)} -S -m fingerprint_engine verify a.fpt a.fpt", prints, **environment)
    assert done.returncode not in {0, 10}


LATE = """
import sys
{late}
from fingerprint_engine.cli import process
sys.argv[1:] = ["verify", "a.fpt", "a.fpt"]
process.run()
"""


@pytest.mark.parametrize(
    "late",
    [
        "import atexit; atexit.register(lambda: 1 / 0)",
        "import atexit, os; atexit.register(os.close, 1)",
        "import threading, time; threading.Thread(target=lambda: (time.sleep(0.2), 1 / 0)).start()",
    ],
)
def test_what_fails_after_the_answer_does_not_change_it(prints: Path, late: str) -> None:
    done = shell(f"{shlex.quote(sys.executable)} -c {shlex.quote(LATE.format(late=late))}", prints)
    assert done.stdout.startswith(b"match")
    assert done.returncode in {0, 120}  # never 10


@pytest.mark.parametrize("leaving", ["sys.exit(0)", "sys.exit(10)", "sys.exit('text')", "raise KeyError", "1 / 0"])
def test_what_a_command_calls_cannot_answer_for_it(prints: Path, leaving: str) -> None:
    script = (
        "import sys\n"
        "import fingerprint_engine.cli.commands.verify as command\n"
        "from fingerprint_engine.cli.process import run\n"
        f"def fail(*_, **__): {leaving}\n"
        "command.read_print = fail\n"
        "sys.argv[1:] = ['verify', 'a.fpt', 'a.fpt']\n"
        "run()\n"
    )
    assert shell(f"{shlex.quote(sys.executable)} -c {shlex.quote(script)}", prints).returncode == 70


def test_a_library_that_writes_to_a_closed_stderr_does_not_reach_a_gallery(prints: Path, tmp_path: Path) -> None:
    """The gallery's log would be the next file to be opened, and take the number of stderr."""
    script = (
        "import os, sys\n"
        "from fingerprint_engine.cli.process import occupy_standard_descriptors\n"
        "occupy_standard_descriptors()\n"
        "log = os.open('log', os.O_CREAT | os.O_WRONLY)\n"
        "os.write(2, b'a remark of a library')\n"
        "sys.exit(0 if log > 2 else 3)\n"
    )
    done = shell(f"cd {tmp_path}; {shlex.quote(sys.executable)} -c {shlex.quote(script)} <&- >&- 2>&-", prints)
    assert done.returncode == 0
    assert (tmp_path / "log").read_bytes() == b""


def test_names_that_are_no_utf8(prints: Path, tmp_path: Path) -> None:
    name = b"\xff\x1b[2J\xe2\x80\xae\xc2\x9b.fpt"
    raw = os.fsencode(tmp_path) + b"/" + name
    with open(raw, "wb") as file:  # noqa: PTH123
        file.write((prints / "a.fpt").read_bytes())
    for line, environment in (
        ("--json verify {0} a.fpt", {}),
        ("--json inspect {0}", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("--json inspect {0}", {"PYTHONIOENCODING": "ascii"}),
        ("--json inspect {0}", {"PYTHONIOENCODING": "utf-16"}),
    ):
        words = [part.encode() for part in shlex.split(f"{PROGRAM} {line}".replace("{0}", "NAME"))]
        command = [raw if word == b"NAME" else word for word in words]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment
        done = subprocess.run(command, cwd=prints, env=surroundings, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        text = done.stdout.decode("utf-8")
        assert text.rstrip("\n").isprintable()
        document = json.loads(text)
        assert "\\xff\x1b[2J" in str(document.get("file") or document["probe"]["file"])
    for encoding in ("utf-8", "ascii", "latin-1", "utf-8:strict"):
        surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": encoding}
        command = [*shlex.split(PROGRAM), "inspect", raw]
        done = subprocess.run(command, cwd=prints, env=surroundings, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        first = done.stdout.split(b"\n")[0]
        assert first.endswith(b"\\xff\\x1b[2J\\u202e\\u009b.fpt")
        assert all(0x20 <= byte < 0x7F for byte in first)


def test_modules_of_the_working_folder_are_not_loaded(prints: Path, tmp_path: Path) -> None:
    for name in ("numba", "numpy", "argparse", "json", "typing", "enum", "traceback", "cv2", "yaml", "PIL", "csv"):
        (tmp_path / f"{name}.py").write_text("import os\nos.abort()\n")
    plugin = tmp_path / "evil-1.0.dist-info"
    plugin.mkdir()
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (plugin / "entry_points.txt").write_text("[fingerprint_engine.image_codecs]\naaa = evil:Codec\n")
    (tmp_path / "evil.py").write_text("import os\nos.abort()\n")
    sample = ROOT / "data" / "samples" / "9_1.png"
    for program in (PROGRAM, PROGRAM.replace(" -m fingerprint_engine", " -mfingerprint_engine"), ENTRY):
        for path in (f"{ROOT / 'src'}", f":{ROOT / 'src'}", f"{ROOT / 'src'}:."):
            if path != str(ROOT / "src") and program is not PROGRAM:
                continue
            line = f"cd {tmp_path}; {program} inspect {sample}"
            if program is ENTRY:  # `-c` itself puts the working folder first; a console script does not
                line = line.replace(" -c ", " -P -c ")
            done = shell(line, prints, PYTHONPATH=path)
            assert done.returncode == 0, (program, path, done.stderr)
