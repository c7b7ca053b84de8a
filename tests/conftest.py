"""What all tests share: a kernel cache that cannot be stale, folders of data, a seeded generator, a drawn print."""

from __future__ import annotations

import ast
import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "fingerprint_engine"
LONGEST_FILES = (
    "robustness/test_kernel_bounds.py",
    "architecture/test_readme.py",
    "unit/tenprint/test_bad_hands.py",
    "robustness/test_command_processes.py",
    "unit/matching/test_recomputation.py",
    "site/test_site.py",
    "site/test_pages.py",
    "unit/tenprint/test_hand.py",
    "unit/attacks/test_planted_faults.py",
    "unit/tenprint/test_segmentation.py",
    "unit/matching/test_calibration.py",
    "unit/records/test_retention.py",
    "robustness/test_damaged_records.py",
    "unit/records/test_agencies.py",
    "unit/index/test_index_in_memory.py",
    "unit/attacks/test_campaign.py",
)
"""What workers side by side begin with, for a long file that begins last runs alone.

The first compiles kernels for itself, while the second compiles those that all others need.
"""


def _kernel_sources() -> list[Path]:
    """Files with kernels, and all of the package that they import: what compiled code depends on."""
    seen: set[Path] = set()
    waiting = [path for path in PACKAGE.rglob("*.py") if "kernel" in str(path.relative_to(PACKAGE))]
    waiting.append(PACKAGE / "jit.py")
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fingerprint_engine."):
                stem = PACKAGE.joinpath(*str(node.module).split(".")[1:])
                candidates = [stem.with_suffix(".py"), *(stem / f"{alias.name}.py" for alias in node.names)]
                waiting.extend(candidate for candidate in candidates if candidate.is_file())
    return sorted(seen)


def _use_fresh_kernel_cache() -> None:
    """Numba's disk cache does not notice an edit of a kernel that another file's kernel calls: key it by content."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    if "numba" in sys.modules:
        raise RuntimeError("numba was imported before the tests could choose its cache folder")
    digest = hashlib.sha256(sys.version.encode())
    for path in _kernel_sources():
        digest.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    caches = ROOT / ".pytest_cache" / "kernels"
    for old in caches.glob("*"):
        if time.time() - old.stat().st_mtime > 86_400:
            shutil.rmtree(old, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(caches / digest.hexdigest()[:16])


def _use_private_state_of_our_own() -> None:
    """What segments were looked at is remembered for this run only."""
    caches = ROOT / ".pytest_cache" / "state"  # not among the system's files: a run that is killed leaves it behind
    caches.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=caches)
    os.environ["FINGERPRINT_ENGINE_STATE"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


_use_fresh_kernel_cache()
_use_private_state_of_our_own()

import hypothesis  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

hypothesis.settings.register_profile(
    "house",
    deadline=None,  # kernels compile on first use, and no test is judged by the clock
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first where workers run side by side; alone, files keep their order."""
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST_FILES)}
    if absent := [str(path) for path in places if not path.is_file()]:
        raise pytest.UsageError(f"LONGEST_FILES: absent: {', '.join(absent)}")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def samples_folder() -> Path:
    """The synthetic samples of the project."""
    folder = ROOT / "data" / "samples"
    if not folder.is_dir():
        pytest.fail(f"no samples in {folder}: they belong to the project")
    return folder


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real prints and third-party files, which the project does not ship."""
    folder = Path(os.environ.get("FINGERPRINT_ENGINE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no measurement data in {folder}; set FINGERPRINT_ENGINE_DATA")
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator that is the same in every run."""
    return np.random.default_rng(20260101)


def draw_print(side_px: int = 384, ppi: float = 500.0) -> NDArray[np.uint8]:
    """A print drawn with a formula: arched ridges 9 px apart at 500 ppi, phase vortices for minutiae, white ground."""
    scale = ppi / 500.0
    y, x = np.mgrid[0:side_px, 0:side_px].astype(np.float64)
    middle = (side_px - 1) / 2.0
    phase = 2.0 * np.pi * np.hypot(x - middle, y - 1.3 * side_px) / (9.0 * scale)
    layout = np.random.default_rng(7)
    for number in range(24):
        radius, angle = 0.40 * side_px * np.sqrt(layout.random()), 2.0 * np.pi * layout.random()
        phase += (-1) ** number * np.arctan2(
            y - middle - radius * np.sin(angle), x - middle - 0.8 * radius * np.cos(angle)
        )
    inside = 1.0 / (1.0 + np.exp((np.hypot((x - middle) / 0.85, y - middle) - 0.46 * side_px) / (2.0 * scale)))
    ridges = 130.0 - 90.0 * np.cos(phase)
    return np.rint(inside * ridges + (1.0 - inside) * 245.0).astype(np.uint8)


@pytest.fixture(scope="session")
def drawn_print() -> NDArray[np.uint8]:
    """See `draw_print`; read-only."""
    pixels = draw_print()
    pixels.setflags(write=False)
    return pixels
