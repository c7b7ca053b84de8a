"""Template files with keys."""

import random

import numpy as np
import pytest
from tests.reference import point_prints

from fingerprint_engine import KeyRing, Template
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.intake import is_template, read_print
from fingerprint_engine.keys.errors import WrongKey
from fingerprint_engine.template import build_template

TEMPLATE = build_template(point_prints.finger(np.random.default_rng(1), 30), shape=point_prints.SHAPE)


@pytest.mark.parametrize("encrypt", [True, False])
def test_a_template_file_is_read_with_its_keys_only(tmp_path, encrypt):
    ring, path = KeyRing.generate(encrypt=encrypt), tmp_path / "a.fpt"
    TEMPLATE.save(path, keys=ring)
    assert is_template(path)
    assert Template.load(path, keys=ring) == TEMPLATE
    assert read_print(path, keys=ring.rotated()).template == TEMPLATE
    assert (TEMPLATE.to_bytes()[40:80] in path.read_bytes()) is not encrypt
    with pytest.raises(WrongKey, match=ring.key_id):
        Template.load(path)
    with pytest.raises(WrongKey, match=ring.key_id):
        Template.load(path, keys=KeyRing.generate())
    TEMPLATE.save(tmp_path / "plain.fpt")
    assert Template.load(tmp_path / "plain.fpt", keys=ring) == TEMPLATE


@pytest.mark.parametrize("encrypt", [True, False])
def test_nothing_altered_is_read(tmp_path, encrypt):
    rng, ring, path = random.Random(3), KeyRing.generate(encrypt=encrypt), tmp_path / "a.fpt"
    TEMPLATE.save(path, keys=ring)
    sound = path.read_bytes()
    cut = [sound[: rng.randrange(8, len(sound))] for _ in range(100)]
    flipped = []
    for _ in range(300):
        data = bytearray(sound)
        data[rng.randrange(8, len(data))] ^= 1 << rng.randrange(8)
        flipped.append(bytes(data))
    for data in (*cut, *flipped, sound + b"0"):
        path.write_bytes(data)
        with pytest.raises(FingerprintEngineError):
            Template.load(path, keys=ring)
