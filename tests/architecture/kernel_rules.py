"""Rules of kernels: names for numbers, no constants of other files, a plain twin each. No findings: a rule holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import sources

DECORATORS = {"kernel", "inline_kernel"}
NAMED_PLACES = {"evidence", "terms", "motion", "pixels", "blocks"}
"""Arrays whose places have names: a number says nothing to a reader."""


def kernels(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The compiled functions of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and DECORATORS & {getattr(name, "id", "") for name in node.decorator_list}:
            yield node


def frozen_constants(folder: Path) -> list[str]:
    """Constants of another file in a kernel: numba compiles their value in, and its cache does not see them change."""
    found = []
    for name, path in sources(folder):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for function in kernels(tree):
            used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            found += [
                f"{name}: {function.name}: {constant}" for constant in sorted(used & imported) if constant.isupper()
            ]
    return found


def numbered_places(folder: Path) -> list[str]:
    """A number where a name belongs: ``evidence[13]``, ``view.terms[:, 0]``, ``motion[6]``, ``answer.pixels[4]``."""
    found = []
    for name, path in sources(folder):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and _name_of(node.value) in NAMED_PLACES:
                places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                if _name_of(node.value) in {"pixels", "blocks"} and not isinstance(node.value, ast.Attribute):
                    continue  # an image of that name; the network's answer is an attribute
                if any(isinstance(place, ast.Constant) and isinstance(place.value, int) for place in places):
                    found.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
    return found


def twinless_kernels(folder: Path, references: Path) -> list[str]:
    """Kernels that no test in `references` names."""
    named: set[str] = set()
    for _, path in sources(references):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name | ast.Attribute | ast.FunctionDef | ast.alias):
                named.add(_name_of(node))
    return [
        f"{name}: {function.name}"
        for name, path in sources(folder)
        for function in kernels(ast.parse(path.read_text(encoding="utf-8")))
        if function.name not in named
    ]


def _name_of(node: ast.AST) -> str:
    """The last name of a name, an attribute, a function or an import."""
    return str(getattr(node, "id", getattr(node, "attr", getattr(node, "name", ""))))
