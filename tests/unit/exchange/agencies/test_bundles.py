"""Bundles: what was written is read, and whatever is not as its sender made it is refused by name."""

import datetime
import json
import pickle
import subprocess
import sys
import tracemalloc

import pytest
from tests.unit.exchange.agencies.conftest import AT, LATER, NOW

from fingerprint_engine.errors import BundleRefused, Refusal, UnsupportedRecord
from fingerprint_engine.exchange import read
from fingerprint_engine.exchange.agencies import OwnKeys, Request, check_bundle
from fingerprint_engine.exchange.agencies.chain import chain_next, chain_start
from fingerprint_engine.exchange.agencies.head import MAGIC, TYPE
from fingerprint_engine.exchange.agencies.jose import sign


def refusal(post, path, directory=None, at=NOW, receiver="quito", own=None):
    def read():
        return list(
            check_bundle(path, directory or post.directory, at=at, receiver=receiver).records(own or post.quito)
        )

    with pytest.raises(BundleRefused) as caught:
        read()
    return caught.value.reason


def test_what_was_sent_is_read(post):
    bundle = check_bundle(post.bundle(), post.directory, at=NOW, receiver="quito")
    assert (bundle.head.sender, bundle.head.receiver, bundle.head.count) == ("lima", "quito", 3)
    read = [Request.from_bytes(content) for _, content in bundle.records(post.quito)]
    assert read == post.requests(3)


def test_a_bundle_of_nobody_is_a_bundle(post):
    bundle = check_bundle(post.bundle(count=0), post.directory, at=NOW, receiver="quito")
    assert list(bundle.records(post.quito)) == []


def test_every_altered_byte_is_refused(post):
    path = post.bundle(count=2)
    data = path.read_bytes()
    altered = post.folder / "altered.bundle"
    for place in range(len(data)):
        altered.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        refusal(post, altered)


def test_every_cut_is_refused(post):
    path = post.bundle(count=2)
    data = path.read_bytes()
    cut = post.folder / "cut.bundle"
    for size in range(len(data)):
        cut.write_bytes(data[:size])
        refusal(post, cut)


def test_each_kind_of_interference_has_its_name(post):
    lines = post.bundle().read_bytes().splitlines(keepends=True)
    other = post.bundle("other.bundle").read_bytes().splitlines(keepends=True)
    path = post.folder / "changed.bundle"

    def named(found):
        path.write_bytes(b"".join(found))
        return refusal(post, path)

    assert named(lines[:-1]) is Refusal.TRUNCATED
    assert named([*lines[:-1], lines[-1][:-1]]) is Refusal.TRUNCATED
    assert named([*lines, lines[-1]]) is Refusal.LENGTHENED
    assert named([*lines[:2], lines[3], lines[2], lines[4]]) is Refusal.REORDERED
    assert named([*lines[:4], other[4]]) is Refusal.ALTERED
    assert named([lines[0], other[1], *lines[2:]]) is Refusal.ALTERED
    assert named([b"something else\n", *lines[1:]]) is Refusal.MALFORMED
    altered = lines[3][:-20] + (b"A" if lines[3][-20:-19] != b"A" else b"B") + lines[3][-19:]
    assert named([*lines[:3], altered, lines[4]]) is Refusal.ALTERED


def test_whoever_is_not_known_is_refused(post):
    assert refusal(post, post.bundle("a", own=post.caracas)) is Refusal.UNKNOWN_SENDER
    impostor = OwnKeys("lima", post.caracas.keys)
    assert refusal(post, post.bundle("b", own=impostor)) is Refusal.UNKNOWN_KEY
    renewed = post.lima.renewed(AT)
    assert refusal(post, post.bundle("c"), post.directory.with_card(renewed.card)) is Refusal.RETIRED_KEY
    path = post.bundle("d", own=renewed)
    assert check_bundle(path, post.directory.with_card(renewed.card), at=NOW).head.sender == "lima"


def test_a_signature_by_the_wrong_key_is_refused(post):
    """The head names a key of Lima's, and another one signed."""
    forged = OwnKeys(
        "lima",
        tuple(
            type(mine)(mine.id, mine.curve, theirs.x, theirs.d, mine.made_at)
            for mine, theirs in zip(post.lima.keys, post.caracas.keys, strict=True)
        ),
    )
    assert refusal(post, post.bundle(own=forged)) is Refusal.ALTERED


def test_sealed_records_of_another_agency_cannot_be_signed_as_ones_own(post):
    """Caracas, known to Quito, picks up what Lima asked, signs it, and hopes to be answered in its place."""
    lines = post.bundle().read_bytes().splitlines(keepends=True)
    directory = post.directory.with_card(post.caracas.card)
    head = check_bundle(post.folder / "one.bundle", post.directory, at=NOW).head
    signer = post.caracas.newest("Ed25519", AT)
    for chain in (head.chain, _chain_of("caracas", head, lines[2:]), _chain_of("lima", head, lines[2:])):
        forged = json.dumps(json.loads(head.payload()) | {"sender": "caracas", "chain": chain}).encode()
        token = sign(forged, signer.loaded(), {"kid": signer.id, "typ": TYPE})
        path = post.folder / "stolen.bundle"
        path.write_bytes(MAGIC + token.encode() + b"\n" + b"".join(lines[2:]))
        assert refusal(post, path, directory) is Refusal.ALTERED


def _chain_of(sender, head, lines):
    chain = chain_start(head.bundle, head.kind.value, sender, head.receiver, head.number)
    for line in lines:
        chain = chain_next(chain, line)
    return chain.hex()


def test_other_receivers_and_other_times_are_refused(post):
    path = post.bundle()
    assert refusal(post, path, receiver="lima") is Refusal.WRONG_RECEIVER
    assert refusal(post, path, at=datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)) is Refusal.EXPIRED
    assert refusal(post, path, at=NOW - datetime.timedelta(hours=1)) is Refusal.MADE_LATER
    assert refusal(post, path, own=post.lima) is Refusal.SEALED_FOR_OTHERS


def test_a_file_that_changes_between_check_and_reading_is_noticed(post):
    path = post.bundle()
    bundle = check_bundle(path, post.directory, at=NOW, receiver="quito")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[3], lines[2], lines[4]]))
    with pytest.raises(BundleRefused) as caught:
        list(bundle.records(post.quito))
    assert caught.value.reason is Refusal.ALTERED
    assert pickle.loads(pickle.dumps(caught.value)).place == 1


@pytest.mark.parametrize(
    "changes", [{"bundle": "B\0"}, {"reply_to": "../x"}, {"number": 0}, {"count": 10**9}, {"kind": "gift"}]
)
def test_heads_that_a_sender_signs_and_no_log_can_hold_are_refused(post, changes):
    head = check_bundle(post.bundle(count=0), post.directory, at=NOW).head
    signer = post.lima.newest("Ed25519", AT)
    content = json.loads(head.payload()) | changes
    token = sign(json.dumps(content).encode(), signer.loaded(), {"kid": signer.id, "typ": TYPE})
    path = post.folder / "odd.bundle"
    path.write_bytes(MAGIC + token.encode() + b"\n")
    assert refusal(post, path) is Refusal.MALFORMED


def test_other_readers_say_what_a_bundle_is(post):
    with pytest.raises(UnsupportedRecord, match="sealed bundle between agencies"):
        read(post.bundle())


def test_old_keys_open_what_was_sealed_before(post):
    path = post.bundle()
    bundle = check_bundle(path, post.directory, at=NOW, receiver="quito")
    assert len(list(bundle.records(post.quito.renewed(LATER)))) == 3


def test_a_thousand_people_pass_one_at_a_time(post):
    record = post.requests(1)[0].to_bytes() + b" " * 40_000
    tracemalloc.start()
    path = post.bundle(count=0, records=(record for _ in range(1000)))
    bundle = check_bundle(path, post.directory, at=NOW, receiver="quito")
    assert sum(1 for _ in bundle.records(post.quito)) == 1000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 50 * 2**20
    assert most < 40 * 2**20


def test_public_keys_are_enough_to_check(post):
    """A process that has the bundle and the directory, and no private key, sees whether all is as it was sent."""
    path = post.bundle()
    directory = post.folder / "directory.json"
    directory.write_bytes(post.directory.to_bytes())
    assert b'"d"' not in directory.read_bytes()
    code = (
        "import datetime, sys; from fingerprint_engine.exchange.agencies import check_bundle, read_directory\n"
        "at = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)\n"
        "print(check_bundle(sys.argv[1], read_directory(sys.argv[2]), at=at).head.count)"
    )
    done = subprocess.run([sys.executable, "-c", code, path, directory], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3"


def test_without_the_extra_the_error_says_which_one():
    code = (
        "import sys; sys.modules['joserfc'] = None\n"
        "from fingerprint_engine import errors, exchange\n"
        "try:\n    exchange.agencies.check_bundle\n"
        "except errors.MissingExtra as error:\n    print(error.extra, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("agencies ")
    assert "[agencies]" in done.stdout
