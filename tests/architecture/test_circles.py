"""No module imports, directly or through others, a module that imports it."""

import graphlib

import grimp
import pytest
from tests.conftest import PACKAGE


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module of the package imports, inside functions too."""
    graph = grimp.build_graph(PACKAGE.name, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, or none."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_there_is_no_circle(imports: dict[str, set[str]]) -> None:
    assert circle(imports) == []


def test_a_planted_circle_is_noticed(imports: dict[str, set[str]]) -> None:
    room = f"{PACKAGE.name}.template"
    planted = imports | {f"{room}.content": imports[f"{room}.content"] | {f"{room}.template"}}
    assert {f"{room}.content", f"{room}.template"} <= set(circle(planted))
