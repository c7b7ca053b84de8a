"""Damaged XML: transactions and CBEFF records, cut, altered and with elements in the wrong places."""

import base64

import numpy as np
import pytest
from benchmarks.exchange.mutations import mutations, read_any, read_markup
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, some_features
from tests.unit.exchange.prints_made import made_template

from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange import ansi_nist, interpol
from fingerprint_engine.exchange.ansi_nist import Block, build_transaction
from fingerprint_engine.exchange.markup import Element, parse, serialize
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

RECORD = base64.b64encode(exchange.minutiae_records.dumps([made_template()])).decode()
TRANSACTION = ansi_nist.dumps(
    build_transaction(
        a_header(domain=("INT-I", "06.00"), transaction_type="CPS"),
        [an_image(2, features=some_features()), an_image(13, 0), an_image(21, 10)],
        descriptive={"CRN": "ABC/1", "NAM": ("", "Ada", "", "Doe"), "DOB": "19500101", "RLS": [("1", "true", "2")]},
        blocks=(Block.INCITS_378, Block.EXTENDED),
    ),
    "xml",
)
CBEFF = f"<BIR><BIR><BDBInfo><Type>Finger</Type></BDBInfo><BDB>{RECORD}</BDB></BIR></BIR>".encode()
TEXTS = ("", "0", "-1", "9" * 300, "x", "true", "é€", "2016-13-99", "0001-01-01T00:00:00+14:00", "1,2-3", "٣", "a/b")


def _ask_everything(data):
    read_any(data)
    if b"Package" in data:
        read_markup(data)
        interpol.violations(ansi_nist.loads(data, lenient=True), interpol.STRICT)
    exchange.outline(exchange.read(data))


@pytest.mark.parametrize("data", [TRANSACTION, CBEFF], ids=["transaction", "CBEFF"])
def test_altered_bytes(data, rng):
    refused = 0
    for altered in mutations(data, 80, rng):
        try:
            _ask_everything(altered)
        except ExchangeError:
            refused += 1
    assert refused > 10


@pytest.mark.parametrize("data", [TRANSACTION, CBEFF], ids=["transaction", "CBEFF"])
def test_altered_elements(data, rng):
    root, prefixes = parse(data, Budget(), Remarks(False), base64=["BinaryBase64Object", "BDB"])
    read = 0
    for _ in range(60):
        tree = root.copy()
        for _ in range(int(rng.integers(1, 4))):
            _alter(tree, rng)
        try:
            _ask_everything(serialize(tree, prefixes))
            read += 1
        except ExchangeError:
            continue
    assert read > 10


def _alter(root: Element, rng: np.random.Generator) -> None:
    """Another text, another name, another place, none or many of an element."""
    pairs = [(above, child) for above in _all(root) for child in above.children]
    if not pairs:
        return
    above, one = pairs[int(rng.integers(len(pairs)))]
    other = pairs[int(rng.integers(len(pairs)))][1]
    match int(rng.integers(6)):
        case 0:
            above.children.remove(one)
        case 1:
            above.children.extend(one.copy() for _ in range(int(rng.choice([1, 30]))))
        case 2:
            one.text, one.data, one.children = TEXTS[int(rng.integers(len(TEXTS)))], None, []
        case 3:
            one.name = other.name
        case 4:
            other.children.append(one.copy())
        case _:
            above.children.reverse()


def _all(element):
    yield element
    for child in element.children:
        yield from _all(child)
