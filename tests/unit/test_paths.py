"""Every door that takes a path says what is wrong with what is none, and with names that no file can have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.exchange.prints_made import made_template

import fingerprint_engine as fe
from fingerprint_engine import exchange, intake, synthesis
from fingerprint_engine.evaluation import plan_evaluation, read_samples, read_scores
from fingerprint_engine.exchange.agencies.directory import read_directory
from fingerprint_engine.exchange.agencies.keys import read_own_keys
from fingerprint_engine.index import check_gallery, repair_gallery, traces, wrapped_keys
from fingerprint_engine.intake.export import export_prints
from fingerprint_engine.keys import KeyRing, StationKey, Stations
from fingerprint_engine.records import Registry
from fingerprint_engine.records.policy.reading import load_policy
from fingerprint_engine.synthesis.manifest import read_manifest

TEMPLATE = made_template()
DOORS: dict[str, Callable[[Any], object]] = {
    "load_image": lambda path: fe.load_image(path, ppi=500),
    "extract_many": lambda path: list(fe.extract_many([path])),
    "Template.load": fe.Template.load,
    "Template.save": TEMPLATE.save,
    "Gallery.open": fe.Gallery.open,
    "check_gallery": check_gallery,
    "repair_gallery": repair_gallery,
    "traces": lambda path: traces(path, "k"),
    "wrapped_keys": wrapped_keys,
    "KeyRing.from_file": KeyRing.from_file,
    "KeyRing.save": KeyRing.generate().save,
    "StationKey.from_file": StationKey.from_file,
    "StationKey.save": StationKey.generate("north").save,
    "Stations.from_file": Stations.from_file,
    "read_samples": read_samples,
    "read_scores": read_scores,
    "plan_evaluation": plan_evaluation,
    "exchange.read": exchange.read,
    "read_directory": read_directory,
    "read_own_keys": read_own_keys,
    "Registry.open": Registry.open,
    "load_policy": load_policy,
    "files_in": lambda path: intake.files_in([path]),
    "prints_in": intake.prints_in,
    "export_gallery": lambda path: export_prints(fe.Gallery(), path),
    "read_enrolment_list": intake.read_enrolment_list,
    "write_samples": synthesis.write_samples,
    "read_manifest": read_manifest,
}


@pytest.mark.parametrize("odd", [5, None, 1.5, []], ids=repr)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_path_is_named(door: str, odd: Any) -> None:
    with pytest.raises(fe.FingerprintEngineError, match=r"got (an? )?(int|NoneType|float|list)"):
        DOORS[door](odd)


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", "x" * 5000], ids=["null", "unpaired", "long"])
@pytest.mark.parametrize("door", [door for door in DOORS if door != "extract_many"])  # to it, that is a value
def test_names_that_no_file_can_have(door: str, odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((fe.FingerprintEngineError, OSError)):
        DOORS[door](odd)
    assert list(tmp_path.iterdir()) == []
