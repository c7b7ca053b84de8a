"""Lines go through `logging`, and nowhere until a program says so."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.test_plugins import toy  # noqa: F401

import fingerprint_engine as fe

TORN_BYTES = 100


@pytest.fixture(scope="module")
def sample_template(samples_folder: Path) -> fe.Template:
    return fe.extract(fe.load_image(samples_folder / "1_1.png"))


def torn_gallery(folder: Path, template: fe.Template) -> Path:
    """A gallery whose writer died within a change."""
    path = folder / "torn.gallery"
    with fe.Gallery.open(path) as gallery:
        gallery.enrol("P-1", template)
    before = folder / "before.gallery"
    shutil.copytree(path, before)
    with fe.Gallery.open(path) as gallery:
        gallery.enrol("P-2", template)
    (log,) = path.glob("*.log")
    (begun,) = before.glob("*.log")
    begun.write_bytes(log.read_bytes()[: begun.stat().st_size + TORN_BYTES])
    return before


def test_the_recovery_of_a_log_is_said(
    tmp_path: Path, sample_template: fe.Template, caplog: pytest.LogCaptureFixture
) -> None:
    path = torn_gallery(tmp_path, sample_template)
    with caplog.at_level(logging.INFO, "fingerprint_engine"), fe.Gallery.open(path) as gallery:
        assert len(gallery) == 1
    (line,) = [record for record in caplog.records if "recovered" in record.getMessage()]
    assert line.levelno == logging.WARNING
    assert f"{TORN_BYTES} bytes" in line.getMessage()
    assert "P-1" not in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO, "fingerprint_engine"):
        fe.Gallery.open(path).close()
    assert not caplog.records  # nothing is wrong any more


def test_without_a_handler_nothing_is_printed(tmp_path: Path, sample_template: fe.Template) -> None:
    path = torn_gallery(tmp_path, sample_template)
    code = "import sys, fingerprint_engine as fe; fe.Gallery.open(sys.argv[1]).close()"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_a_loaded_plug_in_and_a_missing_kernel_folder_are_said(toy: Path) -> None:  # noqa: F811
    code = (
        "import sys, logging; logging.basicConfig(level='INFO', format='%(name)s %(levelname)s %(message)s')\n"
        "import fingerprint_engine as fe\n"
        "try: fe.load_image(sys.argv[1], ppi=500)\n"
        "except fe.FingerprintEngineError: pass\n"
        "from fingerprint_engine import kernel_cache\n"
        "kernel_cache._candidates = lambda: iter(())\n"
        "kernel_cache.kernel_folder.cache_clear()\n"
        "kernel_cache.kernel_folder()\n"
    )
    src = Path(fe.__file__).parents[1]
    surroundings = os.environ | {"PYTHONPATH": f"{src}{os.pathsep}{toy}"}
    command = [sys.executable, "-c", code, str(toy / "print.toy")]
    done = subprocess.run(command, cwd=src, env=surroundings, capture_output=True, text=True, check=False)
    assert "fingerprint_engine.plugins INFO plug-in a-toy (toy:Codec) of toy 1.5 was loaded" in done.stderr
    assert "fingerprint_engine.kernel_cache WARNING compiled kernels are kept nowhere" in done.stderr
