"""Template files that a capture station signed: who is trusted, what was altered, what travels with the file."""

import datetime
import pickle

import numpy as np
import pytest
from tests.reference import point_prints

from fingerprint_engine import KeyRing, Template
from fingerprint_engine.errors import FingerprintEngineError, InputError
from fingerprint_engine.keys import StationKey, Stations
from fingerprint_engine.keys.errors import NotAuthentic, UnsafeKeys, WrongKey
from fingerprint_engine.keys.signatures import SIGNATURE_MARK
from fingerprint_engine.template import build_template

AT = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def template():
    return build_template(point_prints.finger(np.random.default_rng(1), 30), shape=point_prints.SHAPE, quality=70)


@pytest.fixture(scope="module")
def station():
    return StationKey.generate("puerta norte, 2")


@pytest.mark.parametrize("keys", [None, KeyRing.generate()], ids=["plain", "sealed"])
def test_a_signature_travels_with_the_file_and_says_who_and_when(template, station, keys, tmp_path):
    path = tmp_path / "signed.fpt"
    template.save(path, keys=keys, station=station, signed_at=AT)
    for trusted in (Stations([station.station]), None):
        read, provenance = Template.load_signed(path, keys=keys, stations=trusted)
        assert read == template
        assert provenance[:3] == ("puerta norte, 2", station.station.id, AT)
        assert provenance.is_trusted is (trusted is not None)
        assert ("not trusted" in str(provenance)) is (trusted is None)
    assert Template.load(path, keys=keys) == template


def test_unsigned_files_and_other_stations_are_refused_where_stations_are_given(template, station, tmp_path):
    template.save(tmp_path / "unsigned.fpt")
    assert Template.load_signed(tmp_path / "unsigned.fpt")[1] is None
    with pytest.raises(NotAuthentic, match=r"unsigned\.fpt: expected the signature .* signed by nobody"):
        Template.load(tmp_path / "unsigned.fpt", stations=Stations([station.station]))
    other = StationKey.generate(station.station.name)  # the name alone is no proof
    template.save(tmp_path / "other.fpt", station=other, signed_at=AT)
    with pytest.raises(NotAuthentic, match=other.station.id):
        Template.load(tmp_path / "other.fpt", stations=Stations([station.station]))


def test_whatever_is_altered_is_refused(template, station, tmp_path):
    path, trusted, rng = tmp_path / "signed.fpt", Stations([station.station]), np.random.default_rng(3)
    template.save(path, station=station, signed_at=AT)
    data, size = path.read_bytes(), len(template.to_bytes())
    places = [*range(size, len(data)), *rng.choice(size, 60, replace=False)]
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << int(rng.integers(8))]) + data[place + 1 :])
        with pytest.raises(FingerprintEngineError, match=r"signed\.fpt"):
            Template.load(path, stations=trusted)
    for cut in range(size + 1, len(data)):
        path.write_bytes(data[:cut])
        with pytest.raises(FingerprintEngineError, match=r"signed\.fpt"):
            Template.load(path, stations=trusted)


def test_a_signature_of_one_print_vouches_for_no_other(template, station, tmp_path):
    points = point_prints.finger(np.random.default_rng(2), 30)
    other = build_template(points, shape=point_prints.SHAPE, quality=70)
    template.save(tmp_path / "one.fpt", station=station, signed_at=AT)
    signature = (tmp_path / "one.fpt").read_bytes()[len(template.to_bytes()) :]
    assert signature.endswith(SIGNATURE_MARK)
    (tmp_path / "other.fpt").write_bytes(other.to_bytes() + signature)
    for stations in (None, Stations([station.station])):
        with pytest.raises(NotAuthentic, match="does not fit"):
            Template.load(tmp_path / "other.fpt", stations=stations)


def test_keys_of_stations_are_kept_like_others(station, tmp_path):
    path = tmp_path / "station.key"
    station.save(path, passphrase="una frase inventada")
    assert path.stat().st_mode & 0o777 == 0o600
    assert StationKey.from_file(path, passphrase="una frase inventada").station == station.station
    with pytest.raises(WrongKey):
        StationKey.from_file(path, passphrase="otra")
    path.chmod(0o644)
    with pytest.raises(UnsafeKeys, match="chmod 600"):
        StationKey.from_file(path, passphrase="una frase inventada")
    with pytest.raises(InputError):
        pickle.dumps(station)
    for name in ("", "x" * 81, "two\nlines"):
        with pytest.raises(UnsafeKeys, match="expected a name"):
            StationKey.generate(name)
    for moment in (datetime.datetime(2026, 3, 2), datetime.datetime(1969, 3, 2, tzinfo=datetime.UTC)):
        with pytest.raises(InputError, match="time zone, from 1970 on"):
            station.sign(b"", moment)
    listed = tmp_path / "stations"
    Stations([station.station]).save(listed)
    assert list(Stations.from_file(listed)) == [station.station]
    for text in ("", "something else\n", listed.read_text() + "AAAA name\n"):
        listed.write_text(text)
        with pytest.raises(UnsafeKeys, match="stations"):
            Stations.from_file(listed)


def test_what_a_list_of_stations_may_hold_is_written_and_read_and_no_more(monkeypatch, tmp_path):
    monkeypatch.setattr("fingerprint_engine.keys.stations.MAX_STATIONS", 2)
    three = [StationKey.generate(f"gate {number}").station for number in range(3)]
    Stations(three[:2]).save(tmp_path / "two")
    assert list(Stations.from_file(tmp_path / "two")) == three[:2]
    with pytest.raises(UnsafeKeys, match="expected at most 2 stations, got 3"):
        Stations(three).save(tmp_path / "three")
    assert not (tmp_path / "three").exists()
