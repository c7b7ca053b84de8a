"""Runtimes: which computes the network is chosen in words, none takes another's place, and templates do not tell."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fingerprint_engine as fe
from fingerprint_engine.extractors import learned
from fingerprint_engine.extractors.learned import MODEL_FILE, MODEL_SHA256, shipped_network
from fingerprint_engine.extractors.network import RidgeNetwork, cells_of
from fingerprint_engine.intake import prints_in
from fingerprint_engine.plugins import RUNTIME_VARIABLE, RUNTIMES, chosen_runtime

SHIPPED = Path(learned.__file__).with_name(MODEL_FILE)
DOOR = "fingerprint_engine.extractors.runtimes.onnx_runtime"
NEEDED = pytest.mark.skipif(
    importlib.util.find_spec("onnxruntime") is None, reason="the extra onnxruntime is not installed"
)
PLANES = np.random.default_rng(5).standard_normal((2, 150, 130)).astype(np.float32)


@pytest.fixture(params=[pytest.param(name, marks=NEEDED if name == "onnxruntime" else ()) for name in RUNTIMES])
def runtime(request):
    return request.param


@pytest.fixture
def without_onnx_runtime(monkeypatch):
    """As where the extra is not installed, whatever was imported before."""
    monkeypatch.delitem(sys.modules, DOOR, raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setenv(RUNTIME_VARIABLE, "onnxruntime")
    learned._shipped_in.cache_clear()


def test_own_kernels_compute_unless_another_is_named(monkeypatch):
    monkeypatch.delenv(RUNTIME_VARIABLE, raising=False)
    assert chosen_runtime() == shipped_network().runtime == "compiled"


def test_the_environment_names_the_runtime_and_may_change(monkeypatch, runtime):
    monkeypatch.setenv(RUNTIME_VARIABLE, runtime)
    assert shipped_network().runtime == runtime
    assert shipped_network() is shipped_network()
    monkeypatch.setenv(RUNTIME_VARIABLE, "opencv")
    assert shipped_network().runtime == "opencv"


@pytest.mark.parametrize("stated", ["", "OpenCV", "tensorrt\x1b[2J", "onnxruntime "])
def test_an_unknown_runtime_is_an_error_that_names_the_variable_and_the_runtimes(monkeypatch, stated, samples_folder):
    monkeypatch.setenv(RUNTIME_VARIABLE, stated)
    said = rf"{RUNTIME_VARIABLE}: expected one of compiled, opencv, onnxruntime, got '"
    with pytest.raises(fe.ParameterError, match=said) as caught:
        fe.pipeline_parameters("learned", fallback=True)
    assert "\x1b" not in str(caught.value)
    assert fe.pipeline_parameters("classical")  # which needs none
    with pytest.raises(fe.ParameterError, match=RUNTIME_VARIABLE):
        fe.extract_many([samples_folder / "1_1.png"])


@pytest.mark.usefixtures("without_onnx_runtime")
def test_a_runtime_that_is_not_installed_is_no_failure_of_an_image_and_nothing_takes_its_place(samples_folder):
    said = r"'onnxruntime' needs ONNX Runtime, which is not installed: pip install '.*\[onnxruntime\]'"
    with pytest.raises(fe.MissingExtra, match=said):
        fe.extract(fe.load_image(samples_folder / "1_1.png"))
    with pytest.raises(fe.MissingExtra, match=said):
        fe.pipeline_parameters("learned", fallback=True)
    with pytest.raises(fe.MissingExtra, match=said):
        fe.extract_many([samples_folder / "1_1.png"])


@pytest.mark.usefixtures("without_onnx_runtime")
def test_nor_is_it_when_the_environment_changes_halfway(monkeypatch, samples_folder):
    monkeypatch.setenv(RUNTIME_VARIABLE, "opencv")
    outcomes = fe.extract_many([samples_folder / "1_1.png"] * 40)
    assert isinstance(next(outcomes)[1], fe.Template)
    monkeypatch.setenv(RUNTIME_VARIABLE, "onnxruntime")
    with pytest.raises(fe.MissingExtra, match="onnxruntime"):
        list(outcomes)


@pytest.mark.usefixtures("without_onnx_runtime")
def test_nor_is_it_a_failure_of_a_record_with_images(tmp_path, samples_folder):
    from fingerprint_engine import exchange

    image = fe.load_image(samples_folder / "1_1.png")
    path = tmp_path / "one.fir"
    path.write_bytes(exchange.image_records.dumps([exchange.PrintImage(image)]))
    with pytest.raises(fe.MissingExtra, match="onnxruntime"):
        prints_in(path)


def test_parameters_do_not_tell_the_runtime(monkeypatch, runtime):
    usual = fe.pipeline_parameters("learned")
    monkeypatch.setenv(RUNTIME_VARIABLE, runtime)
    assert fe.pipeline_parameters("learned") == usual
    assert fe.pipeline_parameters("learned").digest() == usual.digest()


def test_each_runtime_answers_as_opencv_does(runtime):
    expected = RidgeNetwork(SHIPPED, MODEL_SHA256, runtime="opencv").answer(PLANES)
    found = RidgeNetwork(SHIPPED, MODEL_SHA256, runtime=runtime).answer(PLANES)
    assert np.abs(found.pixels - expected.pixels).max() < 5e-4
    assert np.abs(found.blocks - expected.blocks).max() < 5e-4
    assert found.pixels.dtype == found.blocks.dtype == np.float32


@pytest.mark.parametrize("content", [b"", b"no network", bytes(1000), SHIPPED.read_bytes()[:100_000]])
def test_what_a_runtime_cannot_read_is_a_model_error(runtime, tmp_path, content):
    path = tmp_path / "ridge.onnx"
    path.write_bytes(content)
    with pytest.raises(fe.ModelError, match=r"ridge\.onnx: (O|the runtime).* cannot read it"):
        RidgeNetwork(path, hashlib.sha256(content).hexdigest(), runtime=runtime)


def test_what_a_runtime_cannot_compute_is_a_model_error(runtime, tmp_path):
    path = tmp_path / "ridge.onnx"
    path.write_bytes(SHIPPED.read_bytes())
    computed = RidgeNetwork(path, MODEL_SHA256, runtime=runtime)._local.computed
    with pytest.raises(fe.ModelError, match=r"ridge\.onnx: (O|the runtime).* cannot compute it"):
        computed(cells_of(PLANES)[:, :3])


CHILD = """
import os, sys, threading
import numpy as np
from fingerprint_engine.extractors.learned import shipped_network
planes = np.random.default_rng(5).standard_normal((2, 150, 130)).astype(np.float32)
before = len(os.listdir("/proc/self/task"))
expected = shipped_network().answer(planes)
if shipped_network().runtime != "opencv":  # which has threads of its own
    assert len(os.listdir("/proc/self/task")) == before, "threads were begun"
stopped = threading.Event()
def work():
    while not stopped.is_set():
        shipped_network().answer(planes)
busy = [threading.Thread(target=work) for _ in range(2)]
[thread.start() for thread in busy]
for _ in range(8):
    child = os.fork()
    if not child:
        found = []
        late = threading.Thread(target=lambda: found.append(shipped_network().answer(planes)))
        late.start(); late.join()
        found.append(shipped_network().answer(planes))
        same = all(np.array_equal(one.pixels, expected.pixels) for one in found)
        os._exit(0 if same and len(found) == 2 else 3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
stopped.set()
[thread.join() for thread in busy]
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts the threads that Linux lists")
def test_it_works_in_forked_children_begins_no_threads_and_tells_nobody(runtime, tmp_path):
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment = {**os.environ, **alone, **home, RUNTIME_VARIABLE: runtime}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""
    assert list(tmp_path.rglob("*")) == []  # releases that report to their maker keep there who they are


LARGE = """
import numpy as np
from fingerprint_engine.extractors.learned import shipped_network
def megabytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
shipped_network().answer(np.zeros((2, 384, 384), np.float32))
before = megabytes()
shipped_network().answer(np.zeros((2, 2400, 2400), np.float32))
shipped_network().answer(np.zeros((2, 384, 384), np.float32))
print(megabytes() - before)
"""


@pytest.mark.parametrize(("name", "most"), [("compiled", 100.0), pytest.param("onnxruntime", 200.0, marks=NEEDED)])
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="asks Linux for the memory of a process")
def test_most_memory_of_a_large_picture_is_given_back(name, most):
    environment = {**os.environ, RUNTIME_VARIABLE: name}
    done = subprocess.run([sys.executable, "-c", LARGE], env=environment, capture_output=True, text=True, check=True)
    assert float(done.stdout) < most  # about 3 and 60 to 107; 205 and 300 where nothing is given back
