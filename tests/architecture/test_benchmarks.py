"""The digests by which benchmarks keep what they made change with all code that it depends on."""

import ast

from benchmarks import code_version
from tests.architecture import rules
from tests.conftest import PACKAGE

TOLD_BUT_NOT_FOLLOWED = {"errors", "kernel_cache", "matching", "plugins", "text", "whole_files"}
"""What the recipe imports although no template depends on it: `pipeline` offers `verify` beside `extract`."""


def imported_rooms(start: str) -> set[str]:
    """Rooms and single modules of the package that a module imports, directly or through others."""
    modules = {}
    for name, path in rules.sources(PACKAGE):
        modules["fingerprint_engine." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = path
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(modules[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                offered = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                waiting += [module for module in offered if module in modules]
    return {name.split(".")[1] for name in seen}


def test_the_digest_of_extraction_covers_what_a_template_depends_on():
    assert set(code_version.EXTRACTION) == imported_rooms("fingerprint_engine.pipeline") - TOLD_BUT_NOT_FOLLOWED


def test_every_room_of_a_digest_is_there():
    rooms = {name.split("/")[0].removesuffix(".py") for name, _ in rules.sources(PACKAGE)}
    assert {*code_version.EXTRACTION, *code_version.SYNTHESIS} <= rooms
