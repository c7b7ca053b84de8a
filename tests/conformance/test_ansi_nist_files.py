"""Other people's transactions: every file is written back to the byte, whole or after an edit to what it was."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import ROOT

from fingerprint_engine.exchange.ansi_nist import (
    Block,
    ImageGeometry,
    View,
    contradictions,
    describe,
    dumps,
    edit,
    features_in,
    features_of,
    geometry_of,
    loads,
    minutiae_record,
    repaired,
)

FOLDER = "formats/ansi_nist_itl_traditional"
NAMES = sorted(path.name for path in (ROOT.parent / "shared" / "data" / FOLDER).glob("*")) or ["none"]


@pytest.fixture
def read(data_folder):
    def reader(name):
        path = data_folder / FOLDER / name
        if not path.is_file():
            pytest.skip(f"no {name} in {path.parent}")
        return path.read_bytes()

    return reader


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_written_back_to_the_byte(read, name):
    data = read(name)
    transaction = loads(data)
    assert dumps(transaction) == data
    assert loads(data, lenient=True).warnings == ()
    assert dumps(repaired(transaction)) == data


@pytest.mark.parametrize("name", NAMES)
def test_every_field_that_is_set_to_what_it_is_stays_what_it_was(read, name):
    data = read(name)
    transaction = loads(data)
    for place, record in enumerate(transaction.records):
        view = View(record)
        changes = {field: view[field] for field in view if view[field] is not None}
        assert changes
        assert dumps(edit(transaction, place, **changes)) == data


@pytest.mark.parametrize("name", NAMES)
def test_records_say_the_same_without_a_note_of_how_they_were_written(read, name):
    transaction = loads(read(name))
    records = tuple(dataclasses.replace(record, origin=None) for record in transaction.records)
    written = dumps(dataclasses.replace(transaction, records=records, origin=None))
    assert loads(written) == transaction


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_described(read, name):
    transaction = loads(read(name))
    described = describe(transaction)["records"]
    assert [len(one["fields"]) for one in described] == [len(record.fields) for record in transaction.records]
    assert all(field["value"] for one in described for field in one["fields"])


NIST = "jnbis__type-9-"


def _minutiae(read, name, place=2, block=None):
    transaction = loads(read(f"{NIST}{name}"))
    return features_of(transaction, transaction.records[place], block).value


def _differences(one, other):
    """Distances of each minutia to its nearest in the other set, and differences of their directions in degrees."""
    distance = np.hypot(one.x[:, None] - other.x, one.y[:, None] - other.y)
    nearest = distance.argmin(axis=1)
    assert len(set(nearest)) == len(one) == len(other)
    turned = np.mod(one.direction - other.direction[nearest] + np.pi, 2 * np.pi) - np.pi
    return distance.min(axis=1), np.degrees(np.abs(turned))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13-std.an2", "13-m1.an2"),  # legacy and INCITS 378, one latent
        ("14-std.an2", "14-m1.an2"),  # legacy and INCITS 378, one print
        ("14-std.an2", "4-iafis.an2"),  # legacy and IAFIS, the same print
        ("14-m1.an2", "4-iafis.an2"),
        ("13-std.an2", "13-9-14-m1.an2"),
    ],
)
def test_paired_files_agree(read, one, other):
    distances, degrees = _differences(_minutiae(read, one).minutiae, _minutiae(read, other).minutiae)
    assert len(distances) == 48
    assert distances.max() <= 1.0  # 1.4 px is asked for
    assert degrees.max() <= 1.001


@pytest.mark.parametrize("block", [Block.INCITS_378, Block.EXTENDED, Block.LEGACY])
@pytest.mark.parametrize("name", ["13-std.an2", "13-m1.an2", "4-iafis.an2"])
def test_minutiae_written_in_another_encoding_stay_where_they_were(read, name, block):
    transaction = loads(read(f"{NIST}{name}"))
    image = geometry_of(transaction.records[3])
    assert image == ImageGeometry(800, 768, 500.0, 500.0)
    before = features_of(transaction, transaction.records[2]).value
    written = minutiae_record(before, 1, image, (block,)).value
    changed = loads(dumps(transaction.replaced(2, written)))
    distances, degrees = _differences(before.minutiae, features_of(changed, changed.records[2]).value.minutiae)
    assert distances.max() <= (0.75 if block is Block.INCITS_378 else 0.15)
    assert degrees.max() <= (1.001 if block is Block.INCITS_378 else 0.501)
    assert changed.records[3] == transaction.records[3]


def test_all_minutiae_of_all_files_are_read(read):
    counts = {}
    for name in NAMES:
        for place, made in features_in(loads(read(name))):
            counts[name, place] = (made.value.block, len(made.value.minutiae))
    assert len(counts) == 8
    assert {count for _, count in counts.values()} == {48}
    assert {block for block, _ in counts.values()} == {Block.LEGACY, Block.IAFIS, Block.INCITS_378}


def test_characters_outside_ascii_are_read_as_declared(read):
    view = View(loads(read("jnbis__type-14-amp-nqm-utf8.an2")).records[1])
    assert view["2.003"] == ("two chinese characters: 華裔",)


CONTRADICTIONS = {
    "ebts-jet__sample.eft": {(2, "4.006")},  # the first thumb's WSQ is 368 x 368, not 800 x 750
    "ebts-jet__testEbts.eft": {(2, "4.008"), (4, "14.008"), (4, "14.009"), (4, "14.010"), (4, "14.011")},
    "jnbis__rec01_rec02_rec16.nst": {(0, "1.002"), (0, "1.011")},
    "jnbis__type-10-branded-tattoo-mark.an2": {(2, "10.005"), (3, "10.005")},
    "jnbis__type-10-sap10.an2": {(0, "1.014")},
    "jnbis__type-10-tattoo-zoom.an2": {(2, "10.005"), (3, "10.002"), (3, "10.005")},
    "jnbis__type-13-14-latent-match.an2": {(2, "13.009")},
    "jnbis__type-13-tip-eji-wsq.an2": {(0, "1.014"), *((place, "13.009") for place in range(2, 7))},
    "jnbis__type-14-amp-nqm-utf8.an2": {(0, "1.014")},
    "jnbis__type-14-tip-eji-wsq.an2": {(0, "1.014")},
    "jnbis__type-15-palms.an2": {(0, "1.014"), (2, "15.005"), (3, "15.005")},
    "jnbis__type-9-13-9-14-m1.an2": {(2, "9.003"), (2, "9.138"), (3, "13.009"), (4, "9.138")},
    "jnbis__type-9-13-m1.an2": {(2, "9.003"), (2, "9.130"), (2, "9.138"), (3, "13.009")},
    "jnbis__type-9-13-std.an2": {(2, "9.003"), (2, "9.006"), (3, "13.009")},
    "jnbis__type-9-14-m1.an2": {(2, "9.138")},
}


@pytest.mark.parametrize("name", NAMES)
def test_contradictions_are_those_that_were_looked_up(read, name):
    found = {(one.record, one.field) for one in contradictions(loads(read(name)))}
    assert found == CONTRADICTIONS.get(Path(name).name, set())
