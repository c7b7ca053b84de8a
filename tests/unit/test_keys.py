"""`KeyRing`: where keys come from, what they wrap, and that they are shown nowhere."""

import os
import pickle

import pytest

from fingerprint_engine.errors import InputError
from fingerprint_engine.keys import KEY_BYTES, NONCE_BYTES, KeyRing
from fingerprint_engine.keys.errors import NotAuthentic, ProtectionError, UnsafeKeys, WrongKey

PURPOSE = b"for this file"


def _secrets(ring):
    return [line.split()[1] for line in ring.as_text().splitlines()[2:]]


def test_what_one_key_wraps_only_a_ring_with_that_key_opens():
    ring = KeyRing.generate()
    key = ring.new_key(PURPOSE)
    assert ring.open_key(key.wrappings, PURPOSE).kind_and_secret() == key.kind_and_secret()
    with pytest.raises(WrongKey, match=ring.key_id):
        KeyRing.generate().open_key(key.wrappings, PURPOSE)
    with pytest.raises(WrongKey):
        ring.open_key(key.wrappings, b"for that file")
    altered = [one._replace(data=one.data[:-1] + bytes([one.data[-1] ^ 1])) for one in key.wrappings]
    with pytest.raises(WrongKey):
        ring.open_key(altered, PURPOSE)
    with pytest.raises(WrongKey, match="none"):
        ring.open_key([], PURPOSE)


@pytest.mark.parametrize("encrypt", [True, False])
def test_a_piece_is_bound_to_its_place(encrypt):
    key = KeyRing.generate(encrypt=encrypt).new_key(PURPOSE)
    nonce, data = bytes(NONCE_BYTES), bytes(range(100))
    sealed = key.seal(data, nonce, b"here")
    assert key.open(sealed, nonce, b"here") == data
    assert (data in sealed) is not encrypt
    wrong = [
        (sealed, nonce, b"there"),
        (sealed, b"\x01" + nonce[1:], b"here"),
        (sealed[:-1], nonce, b"here"),
        (sealed[1:], nonce, b"here"),
        (b"", nonce, b"here"),
        *((sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :], nonce, b"here") for n in range(len(sealed))),
    ]
    for one in wrong:
        with pytest.raises(NotAuthentic):
            key.open(*one)
    assert key.open_once(key.seal_once(data, b"here"), b"here") == data
    assert key.seal_once(data, b"here") != key.seal_once(data, b"here") or not encrypt


def test_a_new_master_key_wraps_and_old_ones_still_open():
    old = KeyRing.generate()
    key = old.new_key(PURPOSE)
    new = old.rotated()
    assert (new.ids[1:], new.key_id) == (old.ids, new.ids[0])
    again = new.rewrapped(new.open_key(key.wrappings, PURPOSE), PURPOSE)
    assert new.without(old.key_id).open_key(again.wrappings, PURPOSE).kind_and_secret() == key.kind_and_secret()
    with pytest.raises(WrongKey):
        new.without(old.key_id).open_key(key.wrappings, PURPOSE)
    for wrong in (new.key_id, "K-000000000000", ""):
        with pytest.raises(UnsafeKeys):
            new.without(wrong)


def test_the_private_half_of_an_emergency_key_is_not_in_the_daily_ring():
    daily, safe = KeyRing.generate().with_emergency()
    key = daily.new_key(PURPOSE)
    assert [one.key_id for one in key.wrappings] == list(daily.ids)
    assert safe.open_key(key.wrappings, PURPOSE).kind_and_secret() == key.kind_and_secret()
    (private,) = _secrets(safe)
    assert private not in daily.as_text()
    with pytest.raises(WrongKey):
        daily.open_key(key.wrappings[1:], PURPOSE)
    with pytest.raises(WrongKey):
        safe.open_key([key.wrappings[1]._replace(data=bytes(92))], PURPOSE)


def test_keys_come_from_a_file_that_is_its_owners_alone(tmp_path):
    ring = KeyRing.generate(encrypt=False).rotated()
    ring.save(tmp_path / "ring.keys")
    assert (tmp_path / "ring.keys").stat().st_mode & 0o777 == 0o600
    found = KeyRing.from_file(tmp_path / "ring.keys")
    assert (found.ids, found.encrypts, found.as_text()) == (ring.ids, False, ring.as_text())
    for mode in (0o640, 0o604, 0o622):
        (tmp_path / "ring.keys").chmod(mode)
        with pytest.raises(UnsafeKeys, match="chmod 600"):
            KeyRing.from_file(tmp_path / "ring.keys")
    with pytest.raises(UnsafeKeys, match="exists"):
        ring.save(tmp_path / "ring.keys")


def test_a_passphrase_guards_a_file(tmp_path):
    ring = KeyRing.generate()
    ring.save(tmp_path / "ring.keys", passphrase="una frase inventada")
    assert not any(secret.encode() in (tmp_path / "ring.keys").read_bytes() for secret in _secrets(ring))
    assert KeyRing.from_file(tmp_path / "ring.keys", passphrase="una frase inventada").ids == ring.ids
    for wrong in ("otra frase", None):
        with pytest.raises(WrongKey):
            KeyRing.from_file(tmp_path / "ring.keys", passphrase=wrong)
    for empty in ("", "  "):
        with pytest.raises(UnsafeKeys, match="passphrase"):
            ring.save(tmp_path / "other.keys", passphrase=empty)
        with pytest.raises(UnsafeKeys, match="passphrase"):
            KeyRing.from_file(tmp_path / "ring.keys", passphrase=empty)
    assert not (tmp_path / "other.keys").exists()


def test_keys_come_from_a_variable_or_a_command(monkeypatch, tmp_path):
    ring = KeyRing.generate()
    monkeypatch.setenv("RING", ring.as_text().replace("\n", ";"))
    assert KeyRing.from_environment("RING").ids == ring.ids
    ring.save(tmp_path / "ring.keys")
    assert KeyRing.from_command(["cat", str(tmp_path / "ring.keys")]).ids == ring.ids
    monkeypatch.delenv("RING")
    with pytest.raises(UnsafeKeys, match="RING"):
        KeyRing.from_environment("RING")
    for words in ([], ["false"], [str(tmp_path / "absent")], ["true"]):
        with pytest.raises(UnsafeKeys):
            KeyRing.from_command(words)


@pytest.mark.parametrize(
    "line", ["key AAAA", "key", "what ever", f"key {'A' * 43}=", "mode none", "emergency-public x"]
)
def test_malformed_keys_are_refused_and_not_shown(line):
    good = KeyRing.generate().as_text()
    with pytest.raises(UnsafeKeys) as refused:
        KeyRing.from_text(good + line)
    for secret in [*_secrets(KeyRing.from_text(good)), line.split()[-1] if len(line) > 20 else "~"]:
        assert secret not in str(refused.value)
    for text in ("", "nonsense", good.splitlines()[0], good + good.splitlines()[2]):
        with pytest.raises(UnsafeKeys):
            KeyRing.from_text(text)


def test_keys_are_shown_by_their_ids_and_stay_in_their_process():
    ring, safe = KeyRing.generate().rotated().with_emergency()
    key = ring.new_key(PURPOSE)
    secrets = [*_secrets(ring), *_secrets(safe), key.kind_and_secret().hex(), repr(key.kind_and_secret()[1:])]
    for shown in (repr(ring), str(ring), repr(safe), repr(key), repr(ring._keys), repr(vars(ring))):
        assert not any(secret in shown for secret in secrets)
        assert ring.key_id in shown or safe.key_id in shown
    for one in (ring, key):
        with pytest.raises(InputError):
            pickle.dumps(one)


def test_without_random_bytes_nothing_is_made(monkeypatch):
    def none(count):
        raise NotImplementedError

    monkeypatch.setattr("fingerprint_engine.keys.ciphers.secrets.token_bytes", none)
    with pytest.raises(ProtectionError, match="random"):
        KeyRing.generate()
    assert len(os.urandom(KEY_BYTES)) == KEY_BYTES
