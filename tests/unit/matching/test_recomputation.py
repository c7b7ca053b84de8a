"""Evidence of a hit: it comes out again bit for bit, here and on simpler processors, and what was altered is named."""

import json
import os
import subprocess
import sys

import pytest
from tests.conftest import ROOT

from fingerprint_engine.errors import InvalidEvidence
from fingerprint_engine.matching import (
    EvidenceVerdict,
    check_evidence,
    compare,
    evidence_from_document,
    evidence_of,
    hit_evidence,
)
from fingerprint_engine.synthesis import PointPeople
from fingerprint_engine.version import __version__


@pytest.fixture(scope="module")
def mates():
    crowd = PointPeople(11)
    return crowd.prints(1)[0], crowd.prints(1)[0]


def through_json(evidence, **changes):
    return evidence_from_document(json.loads(json.dumps(evidence.as_document() | changes)))


def test_a_hit_comes_out_as_it_was_stated(mates):
    evidence = through_json(evidence_of(*mates))
    found = check_evidence(evidence)
    assert (found.verdict, found.is_partial, found.differences) == (EvidenceVerdict.SAME, False, ())
    assert found.recomputed == evidence.score == compare(*mates).score
    assert found.templates == mates


def test_what_is_not_true_is_different_and_says_where(mates):
    evidence = evidence_of(*mates)
    document = evidence.as_document()
    name = next(iter(document["numbers"]))
    changed = {
        "score": document["score"] + 1e-9,
        "pairs": document["pairs"][1:],
        "transform": [one + 1e-12 for one in document["transform"]],
        name: document["numbers"] | {name: document["numbers"][name] + 1e-12},
    }
    for where, value in changed.items():
        found = check_evidence(through_json(evidence, **{"numbers" if where == name else where: value}))
        assert found.verdict is EvidenceVerdict.DIFFERENT
        assert [one.partition(":")[0] for one in found.differences] == [where]
    other = PointPeople(12).prints(5)[0]
    swapped = evidence_of(mates[0], other).as_document()["reference"]
    assert check_evidence(through_json(evidence, reference=swapped)).verdict is EvidenceVerdict.DIFFERENT
    cut = document["reference"][: 4 * (len(document["reference"]) // 8)]
    found = check_evidence(through_json(evidence, reference=cut))
    assert (found.verdict, found.recomputed) == (EvidenceVerdict.DIFFERENT, None)


def test_another_engine_is_named_when_the_score_does_not_come_out(mates):
    evidence = evidence_of(*mates)
    assert check_evidence(through_json(evidence, engine="9.9.9")).verdict is EvidenceVerdict.SAME
    found = check_evidence(through_json(evidence, engine="9.9.9", calibration="ab" * 16, score=1.0))
    assert found.verdict is EvidenceVerdict.CANNOT
    assert found.needs == f"engine 9.9.9, calibration {'ab' * 16}"


def test_partial_evidence_holds_the_pairs_alone(mates):
    evidence = through_json(evidence_of(*mates, partial=True))
    assert (evidence.probe, evidence.reference, dict(evidence.numbers)) == (b"", b"", {})
    assert len(evidence.points) == len(evidence.pairs) < len(mates[0])
    found = check_evidence(evidence)
    assert (found.verdict, found.is_partial, found.recomputed) == (EvidenceVerdict.SAME, True, None)
    moved = evidence.as_document()
    moved["points"][2][0][0] += 4.0
    found = check_evidence(through_json(evidence, points=moved["points"]))
    assert found.verdict is EvidenceVerdict.DIFFERENT
    assert found.differences[0].startswith("pair 2: ")


def test_prints_that_were_told_apart_early_are_evidence_too(mates):
    other = PointPeople(12).prints(5)[0]
    for partial in (False, True):
        evidence = evidence_of(mates[0], other, partial=partial)
        assert check_evidence(through_json(evidence)).verdict is EvidenceVerdict.SAME


@pytest.mark.parametrize("value", [None, -1, 1e308, "", "x" * 300_000, [], [[1, 2]], [[1, 2, 3]], {}, {"a": "b"}, True])
def test_whatever_stands_in_a_member_is_judged_or_refused(mates, value):
    for evidence in (evidence_of(*mates), evidence_of(*mates, partial=True)):
        document = evidence.as_document()
        for name in document:
            try:
                found = check_evidence(through_json(evidence, **{name: value}))
            except InvalidEvidence:
                continue
            assert found.verdict in EvidenceVerdict, name
            if document[name] != value:
                assert found.verdict is not EvidenceVerdict.SAME, name


def test_the_name_of_the_engine_follows_the_code_that_makes_a_score(mates, monkeypatch):
    name = hit_evidence.engine_name()
    assert name.startswith(f"{__version__}+")
    assert evidence_of(*mates).engine == name
    hit_evidence.engine_name.cache_clear()
    monkeypatch.setattr(hit_evidence.inspect, "getsource", lambda module: "another " + module.__name__)
    assert hit_evidence.engine_name() not in (name, __version__)
    hit_evidence.engine_name.cache_clear()


def test_the_calibration_digest_follows_every_number():
    model = hit_evidence.default_model()
    digest = hit_evidence.calibration_digest(model)
    import dataclasses

    assert digest != hit_evidence.calibration_digest(dataclasses.replace(model, ceiling=model.ceiling + 1.0))
    fusion = model.with_flow._replace(bias=model.with_flow.bias + 1e-9)
    assert digest != hit_evidence.calibration_digest(dataclasses.replace(model, with_flow=fusion))


def test_a_processor_without_wide_vectors_computes_the_same_score(mates, tmp_path):
    """Another machine type: numpy without its vector code, kernels compiled for the plainest processor."""
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(evidence_of(*mates).as_document()))
    disabled = _features_in_use()
    environment = os.environ | {
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(ROOT / ".pytest_cache" / "kernels-generic"),
    }
    command = [sys.executable, "-m", "fingerprint_engine", "evidence", "check", str(path), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["verdict"], found["recomputed"]) == ("same", compare(*mates).score)


def _features_in_use():
    """What numpy may be told to do without: it refuses to disable what it was built for, and what is not there."""
    from numpy._core._multiarray_umath import __cpu_baseline__, __cpu_dispatch__, __cpu_features__

    return [name for name in __cpu_dispatch__ if __cpu_features__.get(name) and name not in __cpu_baseline__]
