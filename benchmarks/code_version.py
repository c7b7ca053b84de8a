"""Which code is measured, and the environment it is measured in: a kernel cache that cannot be stale, one thread."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from fingerprint_engine.plugins import DEFAULT_RUNTIME, chosen_runtime

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "fingerprint_engine"
RESULTS = Path(__file__).resolve().parent / "results"
EXTRACTION = (
    "preprocessing",
    "minutiae",
    "extractors",
    "template",
    "pipeline",
    "parameters",
    "geometry",
    "fingers",
    "jit",
    "keys",
    "limits",
    "regular_files",
    "version",
)
SYNTHESIS = ("synthesis", "geometry", "fingers", "parameters", "jit")
LIBRARIES = ("numpy", "scipy", "opencv-python-headless", "scikit-image", "numba", "llvmlite", "pillow")


def use_fresh_kernel_cache() -> None:
    """Key numba's cache by the sources: by itself it does not notice an edit of a kernel that another file calls.

    Must run before numba is imported.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    if "numba" in sys.modules:
        raise RuntimeError("numba was imported before its cache folder was chosen")
    digest = source_digest(("",), only="kernel")
    os.environ["NUMBA_CACHE_DIR"] = str(RESULTS / "kernels" / digest)


def use_one_thread() -> None:
    """Let the numeric libraries use one thread, so that figures are those of one core; what the caller set is kept.

    Must run before they are imported, which is when they read the environment.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def extraction_digest() -> str:
    """Changes with any code, library or processor kind on which a template may depend."""
    libraries = LIBRARIES if chosen_runtime() == DEFAULT_RUNTIME else (*LIBRARIES, chosen_runtime())
    versions = ",".join(f"{name}={metadata.version(name)}" for name in libraries)
    networks = ",".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(PACKAGE.rglob("*.onnx")))
    text = f"{source_digest(EXTRACTION)};{networks};{sys.version};{platform.machine()};{versions}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def synthesis_digest() -> str:
    """Changes with any code or library on which a synthetic print may depend."""
    versions = ",".join(f"{name}={metadata.version(name)}" for name in LIBRARIES)
    return hashlib.sha256(f"{source_digest(SYNTHESIS)};{versions}".encode()).hexdigest()[:16]


def source_digest(rooms: tuple[str, ...] = ("",), only: str = "") -> str:
    """Digest of the sources of some rooms or single modules; of all by default."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE).as_posix()
        in_rooms = any(room in {"", relative.split("/")[0].removesuffix(".py")} for room in rooms)
        if in_rooms and (not only or only in relative or relative == "jit.py"):
            digest.update(relative.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
