"""All kernels with every index checked: the inputs of their twins, and hostile ones, stay within all arrays."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from tests.conftest import ROOT

from fingerprint_engine.jit import BOUNDS_VARIABLE, kernel

INPUTS = (
    "tests/reference",
    "tests/unit/template/test_native_batch.py",
    "tests/unit/matching/test_large_prints.py",
    "tests/robustness/test_forged_templates.py",
)
IS_CHECKED = os.environ.get(BOUNDS_VARIABLE) == "1"


@pytest.mark.skipif(IS_CHECKED, reason="this is that run")
def test_no_kernel_leaves_an_array() -> None:
    arguments = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", *INPUTS, __file__)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT, env={**os.environ, BOUNDS_VARIABLE: "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.skipif(not IS_CHECKED, reason="runs within the test above")
def test_an_index_out_of_bounds_would_be_noticed() -> None:
    with pytest.raises(IndexError):
        _beyond(np.zeros(3))


@kernel
def _beyond(values):  # type: ignore[no-untyped-def]
    return values[values.shape[0]]
