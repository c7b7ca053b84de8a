"""The rules of the house as functions: a folder of sources in, findings out. No findings: the rule holds."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "misc", "base"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 80
MAX_FOLDER_FILES = 16
COMPILERS = {"njit", "jit", "vectorize", "guvectorize", "stencil", "cfunc", "generated_jit", "prange"}
UNTYPED_ERRORS = {
    "ArithmeticError",
    "AssertionError",
    "BaseException",
    "EOFError",
    "Exception",
    "IOError",
    "ImportError",
    "IndexError",
    "KeyError",
    "LookupError",
    "ModuleNotFoundError",
    "OSError",
    "RuntimeError",
    "TypeError",
    "ValueError",
}
WRITER, WRITING = "whole_files.py", {"write_bytes", "write_text", "NamedTemporaryFile", "mkstemp"}
READERS = {"regular_files.py", "index/columns/mapped_pages.py", "index/storage/memory_check.py"}
"""The others read what the system says of memory, in /proc and /sys."""
READING = re.compile(
    r"\.read_(bytes|text)\(|\.open\((\"r|newline|encoding)|(?<![\w.])(?<!def )open\(|io\.open\(|fromfile\("
)
SEEDED = {"Generator", "default_rng", "BitGenerator", "PCG64", "Philox", "SeedSequence"}


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name inside the folder and path of every Python file."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path


@functools.cache
def parsed(text: str) -> tuple[ast.Module, list[ast.AST]]:
    """The tree of a source and all of its nodes, kept: most rules ask for those of the whole package."""
    tree = ast.parse(text)
    return tree, list(ast.walk(tree))


def _trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for name, path in sources(folder):
        yield name, parsed(path.read_text(encoding="utf-8"))[0]


def _nodes(folder: Path) -> Iterator[tuple[str, list[ast.AST]]]:
    for name, path in sources(folder):
        yield name, parsed(path.read_text(encoding="utf-8"))[1]


def forbidden_names(folder: Path) -> list[str]:
    """Modules whose name says nothing about what they hold."""
    return [name for name, _ in sources(folder) if FORBIDDEN_NAMES & set(name.removesuffix(".py").split("/"))]


def long_files(folder: Path) -> list[str]:
    """Files of more than 400 lines."""
    lengths = ((name, len(path.read_text(encoding="utf-8").splitlines())) for name, path in sources(folder))
    return [f"{name}: {length} lines" for name, length in lengths if length > MAX_FILE_LINES]


def crowded_folders(folder: Path) -> list[str]:
    """Folders of more than 16 files, `__init__` not counted."""
    counts = Counter(
        path.parent.relative_to(folder).as_posix() for name, path in sources(folder) if path.stem[0] != "_"
    )
    return [f"{name}: {count} files" for name, count in counts.items() if count > MAX_FOLDER_FILES]


def stray_threads(folder: Path) -> list[str]:
    """Threads that are begun elsewhere than in `threads.py`."""
    begun = re.compile(r"\b(ThreadPoolExecutor|ProcessPoolExecutor|threading\.Thread|multiprocessing)\b")
    return [
        name
        for name, path in sources(folder)
        if name != "threads.py" and begun.search(path.read_text(encoding="utf-8"))
    ]


def stray_writes(folder: Path) -> list[str]:
    """Files that are written elsewhere than by `whole_files.py`, which writes them whole or not at all."""
    found = []
    for name, nodes in _nodes(folder):
        for node in nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)) or name == WRITER:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            texts = [part.value for part in [*node.args, *(word.value for word in node.keywords)] if _is_text(part)]
            if called in WRITING or (called == "open" and any(re.fullmatch("[wx]b?[+]?", text) for text in texts)):
                found.append(f"{name}:{node.lineno}: {called}")
    return found


def stray_reads(folder: Path) -> list[str]:
    """Files that are read elsewhere than by `regular_files.py`, which waits for no pipe and reads no more than allowed.

    What lies in the package itself (``resources.files``) may be read where it is needed.
    """
    found = []
    for name, path in sources(folder):
        if name in READERS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if READING.search(line) and "files(" not in line:
                found.append(f"{name}:{number}")
    return found


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def long_functions(folder: Path) -> list[str]:
    """Functions of 80 lines or more, docstring not counted."""
    found = []
    for name, nodes in _nodes(folder):
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
                length = int(node.end_lineno or 0) - first.lineno + 1
                if length >= MAX_FUNCTION_LINES:
                    found.append(f"{name}: {node.name}: {length} lines")
    return found


def missing_docstrings(folder: Path) -> list[str]:
    """Modules, public classes and public functions without a docstring; private modules' too, but nothing nested."""
    found = []
    for name, tree in _trees(folder):
        if not ast.get_docstring(tree):
            found.append(name)
        members: list[tuple[str, ast.stmt]] = [("", node) for node in tree.body]
        while members:
            prefix, node = members.pop(0)
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                found.append(f"{name}: {prefix}{node.name}")
            if isinstance(node, ast.ClassDef):
                members.extend((f"{node.name}.", child) for child in node.body)
    return found


def rooms_without_a_say(folder: Path) -> list[str]:
    """Packages whose `__init__` lacks a docstring of at least two sentences, or `__all__`."""
    found = []
    for name, tree in _trees(folder):
        if not name.endswith("__init__.py"):
            continue
        if (ast.get_docstring(tree) or "").count(".") < 2:
            found.append(f"{name}: no paragraph on what comes in and goes out")
        assigned = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        if "__all__" not in assigned and "kernels" not in name:
            found.append(f"{name}: no __all__")
    return found


def stray_compilers(folder: Path) -> list[str]:
    """Uses of numba's decorators outside `jit.py`, which alone says how kernels are compiled."""
    found = []
    for name, nodes in _nodes(folder):
        if name == "jit.py":
            continue
        for node in nodes:
            imported = isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "numba"
            names = {alias.name for alias in node.names} if imported and isinstance(node, ast.ImportFrom) else set()
            used = (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ("numba", "nb")
            )
            if used and isinstance(node, ast.Attribute):
                names = {node.attr}
            if names & COMPILERS:
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
    return found


def stray_neural_networks(folder: Path) -> list[str]:
    """Uses of ``cv2.dnn`` outside its one door."""
    return [
        f"{name}:{node.lineno}"
        for name, nodes in _nodes(folder)
        if name != "extractors/runtimes/opencv.py"
        for node in nodes
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("dnn")
        and isinstance(node.value, ast.Name)
        and node.value.id == "cv2"
    ]


def assertions(folder: Path) -> list[str]:
    """``assert`` statements: they vanish under ``-O`` and are no validation."""
    return [f"{name}:{node.lineno}" for name, nodes in _nodes(folder) for node in nodes if isinstance(node, ast.Assert)]


def untyped_errors(folder: Path) -> list[str]:
    """Built-in exceptions raised directly: a caller could not catch them as the engine's."""
    found = []
    for name, nodes in _nodes(folder):
        for node in nodes:
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                if isinstance(raised, ast.Name) and raised.id in UNTYPED_ERRORS:
                    found.append(f"{name}:{node.lineno}: {raised.id}")
    return found


def hidden_state(folder: Path) -> list[str]:
    """``global`` statements, and random numbers that no caller's generator controls."""
    found = []
    for name, nodes in _nodes(folder):
        for node in nodes:
            line = f"{name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Global):
                found.append(f"{line}: global")
            if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names):
                found.append(f"{line}: random")
            if isinstance(node, ast.ImportFrom) and node.module == "random":
                found.append(f"{line}: random")
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "random"
                and isinstance(node.value.value, ast.Name)
                and node.value.value.id in ("np", "numpy")
                and node.attr not in SEEDED
            ):
                found.append(f"{line}: np.random.{node.attr}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "default_rng"
                and not node.args
                and not node.keywords
            ):
                found.append(f"{line}: default_rng() without a seed")
    return found


def unfinished(folder: Path) -> list[str]:
    """Notes of work that is not done."""
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
    return [
        f"{name}:{number}"
        for name, path in sources(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]


RULES = (
    forbidden_names,
    long_files,
    crowded_folders,
    stray_threads,
    stray_reads,
    stray_writes,
    long_functions,
    missing_docstrings,
    rooms_without_a_say,
    stray_compilers,
    stray_neural_networks,
    assertions,
    untyped_errors,
    hidden_state,
    unfinished,
)
