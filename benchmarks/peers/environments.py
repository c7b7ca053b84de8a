"""Environments of the peers: made on demand in a folder that git ignores, kept until the requirements change."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from benchmarks.peers.catalogue import Environment

FOLDER = Path(__file__).resolve().parent.parent / ".peers"
INSTALL_S = 900.0
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}


@dataclasses.dataclass(frozen=True)
class Installed:
    """An environment that is there, or why it is not.

    Attributes
    ----------
    python
        Its interpreter.
    versions
        What ``pip freeze`` says of it.
    native
        Library built from source; None when there is none.
    failure
        Why nothing of the environment can run; empty when it can.
    native_failure
        Why there is no native library; empty when there is one or none is wanted.
    """

    python: Path
    versions: tuple[str, ...] = ()
    native: Path | None = None
    failure: str = ""
    native_failure: str = ""


def install(environment: Environment, folder: Path = FOLDER) -> Installed:
    """Make an environment, or take it as it is when it was made from the same requirements."""
    if not environment.requirements:
        return Installed(Path(sys.executable), _freeze(Path(sys.executable)))
    root = folder / environment.name
    python = root / ("Scripts" if os.name == "nt" else "bin") / "python"
    record = root / "installed.json"
    wanted = [*environment.requirements, environment.source or "", sys.version]
    if record.is_file():
        known = json.loads(record.read_text())
        if known["wanted"] == wanted and python.exists():
            native = Path(known["native"]) if known["native"] else None
            return Installed(python, tuple(known["versions"]), native, "", known["native_failure"])
    print(f"installing {', '.join(environment.requirements)} into {root}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    try:
        _run([sys.executable, "-m", "venv", "--clear", str(root)])
        _run([str(python), *_PIP, "install", *environment.requirements])
    except (OSError, subprocess.SubprocessError) as error:
        return Installed(python, failure=f"installation failed: {reason_of(error)}")
    versions, native, native_failure = _freeze(python), None, ""
    if environment.source:
        try:
            native = _build(environment.source, versions, python, root / "source")
        except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
            native_failure = f"its native library is not in its wheel and was not built: {reason_of(error)}"
    document = {
        "wanted": wanted,
        "versions": versions,
        "native": str(native) if native else None,
        "native_failure": native_failure,
    }
    record.write_text(json.dumps(document, indent=1) + "\n")
    return Installed(python, versions, native, "", native_failure)


def clean_environment(extra: dict[str, str]) -> dict[str, str]:
    """Variables for a peer's process: one thread, and nothing of our own Python leaks in."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return kept | ONE_THREAD | {"PYTHONNOUSERSITE": "1"} | extra


def reason_of(error: BaseException) -> str:
    """One line that says what went wrong."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line.strip() for line in str(error.stderr or error.stdout or "").splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()] or lines
        return (errors[-1] if errors else f"exit status {error.returncode}")[:300]
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input")


def _build(name: str, versions: tuple[str, ...], python: Path, folder: Path) -> Path:
    """Build the folder `native` of the source distribution whose version is installed."""
    pinned = next((line for line in versions if line.lower().startswith(f"{name}==")), name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _run([str(python), *_PIP, "download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), pinned])
    archives = sorted(folder.glob("*.tar.gz"))
    if not archives:
        raise OSError("no source distribution was downloaded")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    makefiles = sorted(folder.glob("*/native/Makefile"))
    if not makefiles:
        raise OSError("the source distribution has no native/Makefile")
    _run(["make", "-C", str(makefiles[0].parent)])
    built = [path for path in makefiles[0].parent.rglob("*") if path.suffix in {".so", ".dylib"}]
    if not built:
        raise OSError("make left no shared library")
    return built[0]


def _freeze(python: Path) -> tuple[str, ...]:
    return tuple(_run([str(python), *_PIP, "freeze", "--exclude-editable"]).split())


def _run(command: list[str]) -> str:
    environment = clean_environment({})
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_S, env=environment)
    return done.stdout
