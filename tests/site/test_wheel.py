"""The tutorial runs from the wheel in a clean environment; the planted faults that this would notice."""

import os
import sys
from pathlib import Path

import pytest

from .wheel_tour import run_page, tour

LONGEST_S = 600


@pytest.mark.skipif(
    os.environ.get("FINGERPRINT_ENGINE_FULL") != "1", reason="needs the package index and minutes: make wheel"
)
def test_the_tutorial_runs_from_the_wheel_in_a_clean_environment(tmp_path):
    assert tour(tmp_path) < LONGEST_S  # the promise of the page's title, with the download


def test_a_block_that_prints_something_else_is_noticed(tmp_path):
    programs = Path(sys.executable).parent
    page = "```python\nx = 2\n```\n\n```python\nprint(x + 1, 'fingers')\n```\n\n```text\n3 fingers\n```\n"
    run_page(page, programs, tmp_path)
    with pytest.raises(AssertionError):
        run_page(page.replace("3 fingers", "3 toes"), programs, tmp_path)
    with pytest.raises(AssertionError, match="NameError"):
        run_page("```python\ngone\n```\n", programs, tmp_path)
