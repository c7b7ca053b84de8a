"""`check_bundle`: a file in, a bundle whose every byte was looked at out; public keys are enough for it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from typing import BinaryIO

from fingerprint_engine.errors import BundleRefused, Refusal
from fingerprint_engine.exchange.agencies.chain import (
    MAX_LINE,
    chain_next,
    chain_start_of,
    check_place,
    read_record_header,
)
from fingerprint_engine.exchange.agencies.directory import Directory
from fingerprint_engine.exchange.agencies.head import MAGIC, MAX_HEAD, BundleHead, SignedHead, read_head
from fingerprint_engine.exchange.agencies.jose import SEALS, SIGNS, is_signed, unseal
from fingerprint_engine.exchange.agencies.keys import OwnKeys
from fingerprint_engine.exchange.agencies.moments import moment_text
from fingerprint_engine.regular_files import open_regular

CLOCKS_DIFFER = datetime.timedelta(minutes=10)
"""Chosen: clocks of two agencies may differ by so much."""


class CheckedBundle:
    """A bundle that was looked at from its first byte to its last; made by `check_bundle`.

    Attributes
    ----------
    head
        What its sender signed.
    """

    def __init__(self, path: str | os.PathLike[str], head: BundleHead, chain: list[bytes]) -> None:
        self._path = path
        self._chain = chain
        self.head = head

    def records(self, own: OwnKeys) -> Iterator[tuple[int, bytes]]:
        """Open the records one after the other: place, from 1, and content.

        Raises
        ------
        BundleRefused
            When a record was sealed for another key, or the file has changed since it was checked.
        """
        with open_regular(self._path) as file:
            file.seek(len(MAGIC))
            file.readline(MAX_HEAD + 1)
            chain = chain_start_of(self.head)
            for number, expected in enumerate(self._chain, start=1):
                line = file.readline(MAX_LINE + 1)
                chain = chain_next(chain, line)
                if chain != expected:
                    raise BundleRefused(Refusal.ALTERED, "expected the file as it was checked", number)
                key = own.key(read_record_header(line).key_id, SEALS)
                if key is None:
                    raise BundleRefused(Refusal.SEALED_FOR_OTHERS, "expected a key of this agency", number)
                content = unseal(line[:-1].decode(), key.loaded())
                if content is None:
                    raise BundleRefused(Refusal.ALTERED, "expected what was sealed for this key", number)
                yield number, content


def check_bundle(
    path: str | os.PathLike[str],
    directory: Directory,
    *,
    at: datetime.datetime,
    receiver: str | None = None,
) -> CheckedBundle:
    """Look at a bundle: who signed it, for whom, whether it is whole, in order and in time.

    Whether it was taken before is for the log of the receiver to say.

    Parameters
    ----------
    path
        Of the file, which is read to its end, a record at a time.
    directory
        Public keys; no private one is needed.
    at
        The present moment.
    receiver
        Who looks; None for somebody who only passes it on or audits.

    Raises
    ------
    BundleRefused
        With the reason by name.
    NotARegularFile, OSError
        When the file cannot be read.
    """
    with open_regular(path) as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BundleRefused(Refusal.MALFORMED, "expected the first line of a bundle")
        signed = read_head(file.readline(MAX_HEAD + 1))
        _check_head(signed, directory, moment_text(at), moment_text(at + CLOCKS_DIFFER), receiver)
        return CheckedBundle(path, signed.head, _check_records(file, signed.head))


def _check_head(signed: SignedHead, directory: Directory, now: str, soon: str, receiver: str | None) -> None:
    head = signed.head
    card = directory.card(head.sender)
    if card is None:
        raise BundleRefused(Refusal.UNKNOWN_SENDER, "expected an agency of the directory")
    key = card.key(signed.key_id, SIGNS)
    if key is None:
        raise BundleRefused(Refusal.UNKNOWN_KEY, "expected a key of its sender that signs")
    if not is_signed(signed.token, key.loaded()):
        raise BundleRefused(Refusal.ALTERED, "expected the signature of its sender")
    if not key.is_in_use(now):
        raise BundleRefused(Refusal.RETIRED_KEY, f"expected a key in use, this one was retired at {key.retired_at}")
    if receiver is not None and head.receiver != receiver:
        raise BundleRefused(Refusal.WRONG_RECEIVER, "expected a bundle for this agency")
    if now >= head.expires_at:
        raise BundleRefused(Refusal.EXPIRED, f"expected one in force, it expired at {head.expires_at}")
    if head.made_at > soon:
        raise BundleRefused(Refusal.MADE_LATER, f"expected one that is made, it states {head.made_at}")


def _check_records(file: BinaryIO, head: BundleHead) -> list[bytes]:
    """The chain after each record."""
    chain, found = chain_start_of(head), []
    for number in range(1, head.count + 1):
        line = file.readline(MAX_LINE + 1)
        if not line:
            raise BundleRefused(Refusal.TRUNCATED, f"expected {head.count} records, found {number - 1}")
        try:
            header = read_record_header(line)
        except BundleRefused as error:
            raise BundleRefused(error.reason, error.detail, number) from None
        check_place(header, head, number, chain)
        chain = chain_next(chain, line)
        found.append(chain)
    if file.read(1):
        raise BundleRefused(Refusal.LENGTHENED, f"expected {head.count} records, found more")
    if chain.hex() != head.chain:
        raise BundleRefused(Refusal.ALTERED, "expected the chain that its sender signed")
    return found
