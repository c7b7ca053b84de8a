"""The package keeps the rules of the house, and each rule notices a planted violation."""

import pytest
from tests.architecture import rules
from tests.conftest import PACKAGE

GOOD = '"""A module. It is fine."""\n\n__all__ = ["go"]\n\n\ndef go() -> int:\n    """Go."""\n    return 1\n'

# Rule: what breaks it, as files of a package.
PLANTED = {
    rules.forbidden_names: [{"matching/utils.py": GOOD}, {"helpers/__init__.py": GOOD}],
    rules.long_files: [{"a.py": GOOD + "# line\n" * 400}],
    rules.crowded_folders: [{f"room/m{number}.py": GOOD for number in range(17)}],
    rules.stray_threads: [{"bulk.py": GOOD + "from concurrent.futures import ThreadPoolExecutor\n"}],
    rules.stray_reads: [
        {"a.py": GOOD + "def _f(path):\n    return path.read_bytes()\n"},
        {"a.py": GOOD + "def _f(path):\n    return path.read_text(encoding='utf-8')\n"},
        {"a.py": GOOD + 'def _f(path):\n    return path.open("rb")\n'},
        {"a.py": GOOD + "def _f(path):\n    return open(path)\n"},
    ],
    rules.stray_writes: [
        {"a.py": GOOD + "def _f(path):\n    path.write_bytes(b'')\n"},
        {"a.py": GOOD + "def _f(path):\n    path.open('wb')\n"},
        {"a.py": GOOD + "def _f(path):\n    open(path, mode='x')\n"},
    ],
    rules.long_functions: [{"a.py": GOOD + "\n\ndef f():\n" + "    x = 1\n" * 80}],
    rules.missing_docstrings: [
        {"a.py": "x = 1\n"},
        {"a.py": GOOD + "\n\ndef f():\n    pass\n"},
        {"a.py": GOOD + '\n\nclass A:\n    """A."""\n\n    def f(self):\n        pass\n'},
    ],
    rules.rooms_without_a_say: [
        {"room/__init__.py": '"""Too short."""\n__all__ = []\n'},
        {"room/__init__.py": '"""A. B."""'},
    ],
    rules.stray_compilers: [
        {"room/kernels.py": GOOD + "import numba\n@numba.njit(parallel=True)\ndef _f(): pass\n"},
        {"room/kernels.py": GOOD + "from numba import prange\n"},
        {"room/jit.py": GOOD + "from numba import njit\n"},
    ],
    rules.stray_neural_networks: [{"a.py": GOOD + "import cv2\nnet = cv2.dnn.readNet('x')\n"}],
    rules.assertions: [{"a.py": GOOD + "assert True\n"}],
    rules.untyped_errors: [
        {"a.py": GOOD + "def _f():\n    raise ValueError('x')\n"},
        {"a.py": GOOD + "def _f():\n    raise RuntimeError\n"},
    ],
    rules.hidden_state: [
        {"a.py": GOOD + "def _f():\n    global x\n"},
        {"a.py": GOOD + "import random\n"},
        {"a.py": GOOD + "import numpy as np\nx = np.random.rand(3)\n"},
        {"a.py": GOOD + "import numpy as np\nx = np.random.default_rng()\n"},
    ],
    rules.unfinished: [{"a.py": GOOD + "# TO" + "DO later\n"}],
}
CASES = [(rule, files) for rule, plants in PLANTED.items() for files in plants]


@pytest.fixture(scope="module", autouse=True)
def _trees_are_kept_for_these_tests_only():
    yield
    rules.parsed.cache_clear()


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(rule):
    assert rule(PACKAGE) == []


@pytest.mark.parametrize(("rule", "files"), CASES)
def test_the_rule_notices_a_planted_violation(tmp_path, rule, files):
    (tmp_path / "good.py").write_text(GOOD)
    assert rule(tmp_path) == []
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert len(rule(tmp_path)) == 1


def test_every_rule_has_a_planted_violation():
    assert set(PLANTED) == set(rules.RULES)
