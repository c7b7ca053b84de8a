"""Altered ANSI/NIST-ITL files: refused with a typed error or read, and what is read is written back to the byte.

`benchmarks.exchange.mutations` does the same a thousand times a file, with limits of time and memory.
"""

import tracemalloc

import numpy as np
import pytest
from benchmarks.exchange.mutations import attack, mutated, mutations, read_transaction
from tests.conftest import ROOT
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, small, some_features

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist import Block, Segment, build_transaction, dumps, loads

FOLDER = ROOT.parent / "shared" / "data" / "formats" / "ansi_nist_itl_traditional"
FILES = sorted(FOLDER.glob("*")) or [FOLDER / "none"]


def _tenprint():
    images = [an_image(finger, features=some_features()) for finger in (1, 2)]
    images.append(an_image(13, 0, segments=(Segment(2, 0, 20, 0, 20),), nist_quality={2: 1}))
    images.append(an_image(14, 0, binary=True))
    blocks = (Block.INCITS_378, Block.EXTENDED)
    return dumps(build_transaction(a_header(utf_8=True), images, missing={10: "XX"}, blocks=blocks))


@pytest.mark.parametrize("make", [small, _tenprint], ids=["small", "tenprint"])
def test_altered_transactions(make, rng):
    data = make()
    outcomes = {attack(read_transaction, altered)[0] for altered in mutations(data, 100, rng)}
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_altered_files(path, rng):
    if not path.is_file():
        pytest.skip(f"no files in {path.parent}")
    data = path.read_bytes()
    assert {attack(read_transaction, altered)[0] for altered in mutations(data, 6, rng)} <= {"read", "refused"}


def test_every_truncation():
    data = small()
    for size in range(len(data)):
        with pytest.raises(ExchangeError):
            loads(data[:size])
        try:
            assert dumps(loads(data[:size], lenient=True)) == data[:size]
        except ExchangeError:
            assert size < data.index(b"2.01:")  # no Type-1: nothing to go by


def test_hostile_sizes_take_no_memory():
    numbers = [b"4294967295", b"99999999", b"0", b"1"]
    tracemalloc.start()
    for number in numbers:
        for place in (b"1.001:", b"2.01:", b"14.001:", b"1.003:1\x1f"):
            data = small()
            start = data.index(place) + len(place)
            altered = data[:start] + number + data[start + 1 :]
            for lenient in (False, True):
                try:
                    loads(altered, lenient=lenient)
                except ExchangeError:
                    continue
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_an_attack_notices_what_it_looks_for():
    def fails(data):
        raise KeyError(data)

    def alters(data):
        raise ExchangeError("typed")

    assert attack(fails, b"")[0].startswith("KeyError")
    assert attack(alters, b"")[0] == "refused"
    rng = np.random.default_rng(1)
    assert len({mutated(small(), rng) for _ in range(50)}) > 40
