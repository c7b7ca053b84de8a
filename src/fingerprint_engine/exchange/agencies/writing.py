"""`write_bundle`: records in, one signed and sealed file out, written whole or not at all."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from fingerprint_engine.errors import InputError
from fingerprint_engine.exchange.agencies.chain import MAX_LINE, chain_next, chain_start
from fingerprint_engine.exchange.agencies.directory import Directory
from fingerprint_engine.exchange.agencies.head import MAGIC, MAX_COUNT, TYPE, BundleHead, BundleKind, new_bundle_id
from fingerprint_engine.exchange.agencies.jose import SEALS, SIGNS, seal, sign
from fingerprint_engine.exchange.agencies.keys import OwnKeys
from fingerprint_engine.whole_files import write_whole

_IN_MEMORY = 8 * 2**20
_PIECE = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Outgoing:
    """What the head of a new bundle is to say, beside what follows from its records.

    Attributes
    ----------
    kind, receiver, number, made_at, expires_at, reply_to
        As in `BundleHead`.
    bundle
        Its identifier, when it was given before.
    """

    kind: BundleKind
    receiver: str
    number: int
    made_at: str
    expires_at: str
    reply_to: str = ""
    bundle: str = dataclasses.field(default_factory=new_bundle_id)


def write_bundle(
    path: Path,
    outgoing: Outgoing,
    records: Iterable[bytes],
    *,
    own: OwnKeys,
    directory: Directory,
    overwrite: bool = False,
) -> BundleHead:
    """Seal records for their receiver, sign the head, and write the file.

    Parameters
    ----------
    path
        Of the file.
    outgoing
        Kind, receiver, number and terms.
    records
        What each record says, as `dumps` of its kind writes it; one is held in memory at a time.
    own, directory
        Keys of the sender, and of the receiver.
    overwrite
        Whether a file that exists is replaced.

    Raises
    ------
    KeyFileError
        When the receiver is not known, or has no key in use.
    InputError
        When a record is too large, or there are too many.
    OSError
        When the file cannot be written; nothing is left of it.
    """
    receiver = directory.required(outgoing.receiver).newest(SEALS, outgoing.made_at)
    signer = own.newest(SIGNS, outgoing.made_at)
    start = (outgoing.bundle, outgoing.kind.value, own.agency, outgoing.receiver, outgoing.number)
    count, chain = 0, chain_start(*start)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:  # the head comes first and states the end
        for record in records:
            count += 1
            header = {"kid": receiver.id, "bundle": outgoing.bundle, "number": count, "previous": chain.hex()}
            line = seal(record, receiver.loaded(), header).encode() + b"\n"
            if len(line) > MAX_LINE or count > MAX_COUNT:
                raise InputError(f"bundle: expected at most {MAX_COUNT:,} records of {MAX_LINE:,} bytes")
            chain = chain_next(chain, line)
            spool.write(line)
        head = BundleHead(
            outgoing.bundle,
            outgoing.kind,
            own.agency,
            outgoing.receiver,
            outgoing.number,
            count,
            outgoing.made_at,
            outgoing.expires_at,
            outgoing.reply_to,
            chain.hex(),
        )
        token = sign(head.payload(), signer.loaded(), {"kid": signer.id, "typ": TYPE})
        write_whole(path, _pieces(token, spool), overwrite=overwrite)
    return head


def _pieces(token: str, spool: IO[bytes]) -> Iterator[bytes]:
    yield MAGIC
    yield token.encode() + b"\n"
    spool.seek(0)
    while piece := spool.read(_PIECE):
        yield piece
