"""`warm_up` compiles what a service needs, and says how far it is."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import fingerprint_engine as fe
from fingerprint_engine.matching.kernels import comparison

COMPILED_LATER = """
import gc
import sys
import fingerprint_engine as fe
from numba.core.dispatcher import Dispatcher

def signatures():
    found = [one for one in gc.get_objects() if isinstance(one, Dispatcher)]
    return {one: len(one.overloads) for one in found if one.py_func.__module__.startswith("fingerprint_engine.")}

fe.warm_up()
images = [fe.load_image(path) for path in sys.argv[1:3]]
before = signatures()
probe, reference = (fe.extract(image) for image in images)
fe.verify(probe, reference)
fe.compare_many(probe, [reference, probe])
gallery = fe.Gallery()
gallery.enrol("a", fe.Template.from_bytes(reference.to_bytes()))
gallery.enrol_many([("b", probe), ("c", reference)])
gallery.identify(probe)
gallery.identify_many([probe, reference])
from fingerprint_engine.index import SearchParameters, StageParameters
from fingerprint_engine.index.storage.segments import cells_file
cells_file.MIN_INDEXED_PRINTS = 2
stages = StageParameters(placed_from=1, placed_passes=100, screened_from=1, screened=2, compared=1)
with fe.Gallery.open(sys.argv[3]) as stored:
    stored.enrol_many([("a", reference), ("b", probe), ("c", reference)])
    stored.compact()
    for word in ("scan", "faiss"):
        found = stored.identify(probe, parameters=SearchParameters(shortlist=word, stages=stages))
        assert found.receipt.shortlist in ("sketch scan", "faiss"), found
later = [one.py_func.__name__ for one, count in signatures().items() if count > before.get(one, 0)]
print(found.receipt.shortlist, sorted(later))
"""
"""Counts what is compiled or loaded: a cache that other tests have filled hides nothing."""


def test_after_it_nothing_is_compiled_for_what_a_service_does(samples_folder, tmp_path):
    words = [sys.executable, "-c", COMPILED_LATER, str(samples_folder / "1_1.png"), str(samples_folder / "1_2.png")]
    words.append(str(tmp_path / "stored.gallery"))
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "faiss []"


def test_it_says_how_far_it_is():
    said = []
    fe.warm_up(progress=lambda *step: said.append(step))
    assert said == [("extraction", 0, 4), ("templates", 1, 4), ("comparison", 2, 4), ("search", 3, 4), ("", 4, 4)]


def test_no_literal_is_handed_from_kernel_to_kernel():
    """A literal has a type of its own: `gather_many` once compiled all below it for a 0 in each of two places."""
    tree = ast.parse(Path(comparison.__file__).read_text(encoding="utf-8"))
    kernels = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    ours = [call for call in calls if call.func.id in kernels]
    assert len(ours) >= 5
    assert [ast.unparse(call) for call in ours if any(isinstance(one, ast.Constant) for one in call.args)] == []
