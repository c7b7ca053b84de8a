"""Files of keys: what is private stays private, and what is no key is refused."""

import json
import os

import pytest
from tests.unit.exchange.agencies.conftest import AT, LATER

from fingerprint_engine.errors import KeyFileError
from fingerprint_engine.exchange.agencies import AgencyCard, Directory, OwnKeys, read_own_keys


def test_keys_and_cards_are_read_as_they_were_written():
    own = OwnKeys.make("lima", AT)
    assert OwnKeys.from_bytes(own.to_bytes()) == own
    assert AgencyCard.from_bytes(own.card.to_bytes()) == own.card
    directory = Directory().with_card(own.card)
    assert Directory.from_bytes(directory.to_bytes()) == directory
    assert b'"d"' in own.to_bytes()
    assert b'"d"' not in own.card.to_bytes() + directory.to_bytes()
    assert all(one.d not in repr(own) for one in own.keys)


def test_new_keys_do_not_push_the_old_ones_out():
    own = OwnKeys.make("lima", AT)
    renewed = own.renewed(LATER)
    directory = Directory().with_card(own.card).with_card(renewed.card)
    card = directory.required("lima")
    assert len(card.keys) == 4
    assert [bool(one.retired_at) for one in card.keys] == [True, True, False, False]
    retired = Directory().with_card(own.card).with_retired("lima", own.keys[0].id, AT)
    assert not retired.with_card(own.card).required("lima").keys[0].is_in_use(AT), "an older card does not revive it"
    with pytest.raises(KeyFileError, match="in use"):
        retired.required("lima").newest("Ed25519", AT)


def test_what_is_no_key_is_refused():
    own, other = OwnKeys.make("lima", AT), OwnKeys.make("quito", AT)
    plain = json.loads(own.to_bytes())

    def refused(kind, **changes):
        changed = json.loads(json.dumps(plain))
        changed["keys"][0] |= changes
        with pytest.raises(KeyFileError):
            kind.from_bytes(json.dumps(changed).encode())

    refused(OwnKeys, id="another")
    refused(OwnKeys, x="AAAA")
    refused(OwnKeys, d=other.keys[0].d)
    refused(OwnKeys, d="!")
    refused(OwnKeys, curve="P-256")
    refused(OwnKeys, made_at="yesterday")
    for data in (b"", b"{}", b"[1]", b'{"format":1}', own.to_bytes()[:-40], b"\xff" * 10):
        for kind in (OwnKeys, AgencyCard, Directory):
            with pytest.raises(KeyFileError):
                kind.from_bytes(data)
    leaked = own.card.to_bytes().replace(b'"made_at"', b'"d": "secret", "made_at"')
    with pytest.raises(KeyFileError, match="private"):
        AgencyCard.from_bytes(leaked)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_private_keys_that_others_may_read_are_not_used(tmp_path):
    path = tmp_path / "own.json"
    path.write_bytes(OwnKeys.make("lima", AT).to_bytes())
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="600"):
        read_own_keys(path)
    path.chmod(0o600)
    assert read_own_keys(path).agency == "lima"
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_own_keys(tmp_path / "absent.json")
