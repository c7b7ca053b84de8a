"""Altered manifests: every member of the document with every wrong value, packed bits, bombs."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.attacks.galleries.files import Files, manifest_document, put_manifest, put_manifest_body

_VALUES: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    10**400,
    1.5,
    1e308,
    -1000.0,
    "",
    "x",
    "x" * 100_000,
    "\ud800",
    "../../etc/passwd",
    "\x1b[2J",
    None,
    True,
    [],
    {},
    [[]],
    {"a": 1},
    "00" * 16,
    "zz" * 16,
)
_NAMES = ("log", "segments", "measurements", "removed", "recall", "shift", "follows", "tags", "x" * 300, "\ud800", "")


def alter_manifest(files: Files, rng: np.random.Generator) -> str:
    """One alteration; gives the rule that is broken for sure, or nothing."""
    return _ALTERATIONS[int(rng.integers(len(_ALTERATIONS)))](files, rng)


def _value(files: Files, rng: np.random.Generator) -> str:
    """Any member of any object, one to three of them."""
    document = _rich(files)
    for _ in range(int(rng.integers(1, 4))):
        holder, place = _anywhere(document, rng)
        choice = rng.random()
        if choice < 0.75:
            holder[place] = _VALUES[int(rng.integers(len(_VALUES)))]
        elif choice < 0.9:
            del holder[place]
        elif isinstance(holder, dict):
            holder[_NAMES[int(rng.integers(len(_NAMES)))]] = _VALUES[int(rng.integers(len(_VALUES)))]
        if not document:
            break
    put_manifest(files, document)
    return ""


def _rich(files: Files) -> Any:
    """A document with everything that a manifest may hold."""
    document = manifest_document(files)
    document["measurements"] = _measured(2.5, 0.9)
    document["follows"] = {"registry": "registry", "number": 3, "mark": "mark", "rule": "rule"}
    document["tags"] = {"agency": "nobody"}
    document["segments"][0]["indexes"] = [{"kind": "sketches", "size": 100, "digest": "00" * 32}]
    return document


def _measured(shift: float, recall: float) -> dict[str, dict[str, Any]]:
    common = {"source": "made up", "prints": 10}
    found = {**common, "recall": recall, "kept": 9, "findable": 10, "probes": 10, "shortlist": "x", "stages": "y"}
    return {"non_mated": {**common, "shift": shift, "searches": 100, "scores": [1.0, 2.0]}, "recall": found}


def _anywhere(document: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """An object or list of the document, and a place in it."""
    places: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        for place in list(holder) if isinstance(holder, dict) else range(len(holder)):
            places.append((holder, place))
            if isinstance(holder[place], dict | list):
                waiting.append(holder[place])
    return places[int(rng.integers(len(places)))]


def _measurements(files: Files, rng: np.random.Generator) -> str:
    """Measurements as the engine writes them, and false."""
    document = manifest_document(files)
    shift = float(rng.choice([-1000.0, -1.0, 0.0, 5.0, 101.0, 1e9]))
    recall = float(rng.choice([-1.0, 0.0, 0.5, 1.0, 1.5]))
    document["measurements"] = _measured(shift, recall)
    rule = "measured values" if shift < 0 or not 0 <= recall <= 1 else ""
    if rng.random() < 0.5:
        values = document["measurements"][str(rng.choice(["non_mated", "recall"]))]
        values[str(rng.choice([*values, "another"]))] = _VALUES[int(rng.integers(len(_VALUES)))]
        rule = ""
    put_manifest(files, document)
    return rule


def _removed(files: Files, rng: np.random.Generator) -> str:
    """Marks of removed prints: other ones, too many, too few, unpacking to very much."""
    document = manifest_document(files)
    entry = document["segments"][int(rng.integers(len(document["segments"])))]
    size = int(rng.choice([0, 1, 1, 2, 1000, 300_000_000]))
    bits = bytes(size) if size > 1000 else rng.bytes(size)
    packed = zlib.compress(bits, 9) + (b"more" if rng.random() < 0.2 else b"")
    entry["removed"] = base64.b64encode(packed).decode() + ("=" if rng.random() < 0.1 else "")
    put_manifest(files, document)
    return "size of removed" if size not in (0, 1) else ""


def _text(files: Files, rng: np.random.Generator) -> str:
    """A body that is no document, or a very deep, long or odd one."""
    document = json.dumps(manifest_document(files))
    bodies: tuple[Callable[[], str], ...] = (
        lambda: "[" * 100_000 + "]" * 100_000,
        lambda: '{"a":' * 100_000 + "1" + "}" * 100_000,
        lambda: document.replace("1", "NaN", 1),
        lambda: document.replace("1", "1e999", 1),
        lambda: document.replace("1", "9" * 5000, 1),
        lambda: document[:-1] + "," + document[1:],
        lambda: document + " " * 20_000_000,
        lambda: "",
        lambda: "null",
        lambda: document.replace('"segments": [', '"segments": [' + '{"number":1},' * 200_000, 1),
    )
    body = bodies[int(rng.integers(len(bodies)))]().encode()
    put_manifest_body(files, body if rng.random() < 0.9 else b"\xff\xfe" + body)
    return ""


def _segments(files: Files, rng: np.random.Generator) -> str:
    """Segments in another order, twice, or left out."""
    document = manifest_document(files)
    entries = document["segments"]
    choice = rng.random()
    if choice < 0.3:
        entries.append(dict(entries[0]))
        rule = "a segment twice"
    elif choice < 0.6:
        entries.reverse()
        rule = ""
    else:
        entries.pop()
        rule = ""
    put_manifest(files, document)
    return rule


_ALTERATIONS = (_value, _value, _value, _value, _measurements, _removed, _text, _segments)
