"""What the records of a bundle say, and what they cannot say."""

import json
import tracemalloc

import pytest
from tests.unit.exchange.agencies.conftest import AT, LATER

from fingerprint_engine import Finger
from fingerprint_engine.errors import BundleRefused
from fingerprint_engine.exchange.agencies import (
    Answer,
    Confirmation,
    CoreData,
    Request,
    SentIdentifier,
    SentPrint,
    WatchOrder,
)

PRINTS = (
    SentPrint(Finger.RIGHT_THUMB, template=b"template"),
    SentPrint(Finger.LEFT_INDEX, image=b"image", ppi=1000.0),
    SentPrint(Finger.LEFT_THUMB, missing="bandaged"),
)
RECORDS = [
    Request("Q-1", "exchange", "treaty", ("remand",), LATER, "", PRINTS),
    Answer("Q-1", "X-1", "hit", "", {"outcome": "hit"}, {"kind": "whole"}),
    Answer("Q-1", "", "refused", "purpose", {}, None),
    Confirmation("Q-1", "X-1", "same"),
    CoreData("Q-1", "X-1", "convicted", (SentIdentifier("name", "Ñandú 王", ""),)),
    WatchOrder("W-1", "begin", "exchange", "treaty", ("remand",), LATER, PRINTS),
    WatchOrder("W-1", "withdraw", "exchange", "treaty", ("remand",), AT),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: f"{type(one).__name__} {getattr(one, 'outcome', '')}")
def test_a_record_is_read_as_it_was_written(record):
    assert type(record).from_bytes(record.to_bytes()) == record


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: f"{type(one).__name__} {getattr(one, 'outcome', '')}")
@pytest.mark.parametrize("value", [None, 7, -1e300, "", "x" * 10_000, [], [[]], {}, True, "a\nb"], ids=repr)
def test_whatever_stands_in_a_member_is_read_or_refused(record, value):
    plain = json.loads(record.to_bytes())
    for name in plain:
        try:
            found = type(record).from_bytes(json.dumps(plain | {name: value}).encode())
        except BundleRefused:
            continue
        assert type(record).from_bytes(found.to_bytes()) == found, name


@pytest.mark.parametrize("record", RECORDS[:1])
def test_members_are_all_there_and_no_others(record):
    plain = json.loads(record.to_bytes())
    for name in plain:
        with pytest.raises(BundleRefused):
            Request.from_bytes(json.dumps({one: plain[one] for one in plain if one != name}).encode())
    with pytest.raises(BundleRefused):
        Request.from_bytes(json.dumps(plain | {"name": "somebody"}).encode())
    with pytest.raises(BundleRefused):
        Confirmation.from_bytes(record.to_bytes())


@pytest.mark.parametrize(
    "text",
    [
        '{"x":1e999}',
        '{"x":"\\ud800"}',
        '{"x":NaN}',
        '{"x":' + "[" * 5000 + "]" * 5000 + "}",
        "[]",
        '{"x":"' + "y" * 300_000 + '"}',
    ],
)
def test_a_receipt_that_no_registry_can_keep_is_refused(text):
    record = (
        Answer("Q-1", "X-1", "no hit", "", {}, None).to_bytes().replace(b'"receipt":{}', b'"receipt":' + text.encode())
    )
    with pytest.raises(BundleRefused):
        Answer.from_bytes(record)


def test_a_record_of_many_small_values_takes_no_memory():
    record = Answer("Q-1", "X-1", "no hit", "", {}, None).to_bytes()
    many = record.replace(b'"receipt":{}', b'"receipt":{"x":[' + b"[]," * 5_000_000 + b"[]]}")
    tracemalloc.start()
    with pytest.raises(BundleRefused, match="values"):
        Answer.from_bytes(many)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()


def test_prints_are_looked_for_only_where_a_watch_begins():
    with pytest.raises(BundleRefused, match="prints"):
        WatchOrder.from_bytes(WatchOrder("W", "renew", "p", "l", ("remand",), LATER, PRINTS).to_bytes())
