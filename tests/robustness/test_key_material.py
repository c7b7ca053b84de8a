"""Key material is nowhere but in the files of keys: not in answers, logs, errors, files of galleries or databases."""

import base64
import logging
import pickle
import traceback

import numpy as np
import pytest
from tests.reference import point_prints

from fingerprint_engine import Finger, Gallery, KeyRing, Template
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.index import check_gallery
from fingerprint_engine.keys import ciphers, master_key, ring
from fingerprint_engine.records import Claim, Registry, admit, change_registry_keys, get_person
from fingerprint_engine.template import build_template


@pytest.fixture
def secrets(monkeypatch):
    """Every key that is made: master keys, emergency keys, data keys."""
    made = []

    def watched(count):
        data = ciphers.random_bytes(count)
        if count == ciphers.KEY_BYTES:
            made.append(data)
        return data

    for module in (ring, master_key):
        monkeypatch.setattr(module, "random_bytes", watched)
    return made


def _template(number):
    points = point_prints.finger(np.random.default_rng(number), 30)
    return build_template(points, shape=point_prints.SHAPE, finger=Finger.RIGHT_INDEX, quality=70)


def _forms(secret):
    shifts = [base64.b64encode(secret[shift:])[4:36] for shift in range(3)]
    return [secret, secret[:16], secret[16:], secret.hex().encode(), repr(secret)[2:-1].encode(), *shifts]


def _error(call):
    """An error as a log would show it."""
    try:
        call()
    except (FingerprintEngineError, TypeError) as error:
        return "".join(traceback.format_exception(error)) + repr(error.__dict__)
    raise AssertionError("expected an error")


def test_no_key_is_in_an_answer_a_log_an_error_or_a_file(secrets, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    first = KeyRing.generate()
    daily, safe = first.with_emergency()
    second = daily.rotated()
    told = [repr(one) + str(one) + str(vars(one)) for one in (first, daily, safe, second)]
    with Gallery.open(tmp_path / "sealed.gallery", keys=daily) as gallery:
        gallery.enrol_many([(f"key {number}", _template(number)) for number in range(6)])
        gallery.compact()
        gallery.change_keys(second)
        gallery.enrol("later", _template(7))
        found = gallery.identify(_template(1))
        told += [str(found), str(found.as_dict()), repr(gallery), str(gallery.head), str(gallery.snapshot())]
        assert found.receipt.key_ids == (second.key_id, daily.emergency_id)
        told += [_error(lambda: pickle.dumps(second)), _error(lambda: second.without("K-none"))]
    told.append(str(check_gallery(tmp_path / "sealed.gallery", keys=second)))
    template = tmp_path / "print.fpt"
    _template(1).save(template, keys=daily)
    told += [
        _error(lambda: Gallery.open(tmp_path / "sealed.gallery", keys=first.rotated().without(first.key_id))),
        _error(lambda: Gallery.open(tmp_path / "sealed.gallery")),
        _error(lambda: Template.load(template, keys=KeyRing.generate())),
        _error(lambda: KeyRing.from_text(first.as_text().replace("key ", "kex "))),
    ]
    place = tmp_path / "registry.db"
    with Registry.create(place, keys=first, galleries=tmp_path / "galleries") as registry:
        with registry.session(actor="officer", purpose="admission") as session:
            known = admit(session, [_template(1)], category="remand", identifiers=[Claim("name", "Inventada")])
            told += [str(known), str(get_person(session, known.person.id))]
            assert str([first.key_id]) in str(known.receipt)
        told.append(_error(lambda: Registry.open(place)))
    change_registry_keys(place, first, second, actor="admin", galleries=tmp_path / "galleries", reencrypt=True)
    told += [caplog.text, *capfd.readouterr()]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    content = b"\0".join([*(one.encode("utf-8", "replace") for one in told), *(path.read_bytes() for path in files)])
    assert len(secrets) > 10
    assert len(files) > 6
    assert [form for secret in secrets for form in _forms(secret) if form in content] == []
    assert _forms(secrets[0])[-3] in second.as_text().encode()  # the look would see one
