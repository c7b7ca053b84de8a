"""Plain data: what JSON holds, and nothing else."""

import dataclasses
import datetime
import enum
import json
import math
from types import MappingProxyType

import numpy as np
import pytest
from tests.unit.exchange.prints_made import made_template

import fingerprint_engine as fe
from fingerprint_engine.index import Compaction, GalleryReport, Repair
from fingerprint_engine.text.plain import plain


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Inner:
    finger: fe.Finger
    colour: Colour


def test_kinds_of_values():
    value = {
        "none": None,
        "numbers": (True, 1, 2.5, np.int32(3), np.float32(0.5), math.nan, math.inf),
        "array": np.array([[1.0, np.nan]]),
        "inner": Inner(fe.Finger.RIGHT_INDEX, Colour.RED),
        "day": datetime.date(2026, 1, 2),
        "bytes": b"\x01\xff",
        "set": {"b", "a"},
        "map": MappingProxyType({1: "x"}),
        "error": fe.UnknownKey("key: it is not enrolled"),
    }
    found = plain(value)
    assert found == {
        "none": None,
        "numbers": [True, 1, 2.5, 3, 0.5, None, None],
        "array": [[1.0, None]],
        "inner": {"finger": "right index", "colour": "red"},
        "day": "2026-01-02",
        "bytes": "01ff",
        "set": ["a", "b"],
        "map": {"1": "x"},
        "error": {"error": "UnknownKey", "detail": "key: it is not enrolled"},
    }
    json.dumps(found, allow_nan=False)


def test_other_kinds_are_refused():
    with pytest.raises(fe.InputError, match="got object"):
        plain(object())


def test_every_answer_is_plain_data():
    template, gallery = made_template(), fe.Gallery()
    answers = [
        fe.compare(template, template),
        fe.verify(template, template),
        gallery.enrol_many([("a", template), (("odd",), template), ("b", template)]),
        gallery.identify(template),
        gallery.duplicates(max_fmr=1e-4),
        fe.ExtractionFailure("k", fe.FailureReason.NO_CONTRAST, "detail", {"contrast": 1.0}),
        Compaction(1, 1, 0, 10, 5),
        Repair(3, lost=1, lost_keys=("k",)),
        GalleryReport((), 0, ()),
    ]
    for answer in answers:
        assert json.loads(json.dumps(answer.as_dict(), allow_nan=False)), type(answer).__name__
    assert answers[2].as_dict() == {
        "enrolled": 2,
        "refused": [{"key": "('odd',)", "error": "InputError", "detail": "key: expected text, got tuple"}],
    }
