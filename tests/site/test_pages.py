"""What the pages for users show is true: their Python runs, their commands print what stands there."""

import re

import pytest
from tests.unit.cli.readme_tour import README, ROOT, folder_with_samples, pages, run_page
from tests.unit.cli.test_readme import without_numbers

PAGES = [page for page in pages() if page != README and page.stem != "command-line"]  # those are run elsewhere


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_blocks_print_what_it_shows(page, samples_folder, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra 'plots' is absent")
    shown = page.read_text(encoding="utf-8")
    with folder_with_samples(tmp_path):
        found = run_page(shown, page.name)
    told = f"refresh it: python -m tests.unit.cli.readme_tour {page.relative_to(ROOT)}"
    assert without_numbers(found) == without_numbers(shown), told


def test_a_block_that_no_longer_runs_and_one_that_prints_something_else_are_noticed(tmp_path):
    page = "<!-- run\nx = 2\n-->\n```python\nprint(x + 1)\n```\n\n```text\n3\n```\n"
    assert run_page(page, "page") == page
    assert run_page(page.replace("3\n```", "4\n```"), "page") == page
    with pytest.raises(NameError):
        run_page("```python\ngone\n```\n", "page")


def test_no_page_shows_what_no_test_runs():
    """Those of exchange are run in a folder of records: tests/unit/exchange/test_docs.py."""
    fence = re.compile(r"^```(console|python)$", re.MULTILINE)
    shown = {page for page in ROOT.glob("docs/**/*.md") if fence.search(page.read_text(encoding="utf-8"))}
    assert shown - set(pages()) == {ROOT / "docs" / "exchange.md"}


def test_pages_show_what_they_are_about():
    for page in PAGES:
        if page.stem not in ("docker", "upgrade", "serve-over-http"):  # nothing there runs without what is not here
            assert re.search(r"```(console|python)\n", page.read_text(encoding="utf-8")), page.stem
