"""Which encoding a transaction is in, and into which it is written."""

from __future__ import annotations

import enum

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist import traditional, xml
from fingerprint_engine.exchange.ansi_nist.model import Transaction
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.markup import is_markup
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.parameters import one_of

_HEAD_BYTES = 4096


class Encoding(enum.StrEnum):
    """How a transaction is written."""

    TRADITIONAL = "traditional"
    XML = "xml"


def loads(data: bytes, *, lenient: bool = False, limits: Limits = DEFAULT_LIMITS) -> Transaction:
    """Read a transaction in either encoding, told by its beginning.

    Parameters
    ----------
    data
        The whole file.
    lenient
        Take damaged files as far as they go: wrong lengths, counts and tags, a cut end; in XML wrong lists of contents
        and base64. `Transaction.warnings` says what was wrong. Without it, such files are refused.
    limits
        What the file may cost.

    Returns
    -------
    Transaction
        Which `dumps` writes back: the traditional encoding to the same bytes, XML to the same elements.

    Raises
    ------
    MalformedRecord
        Where the bytes break the layout; with offset and field.
    UnsupportedRecord
        For XML of another kind, or with a document type.
    LimitExceeded
        Where it has more bytes, fields, elements or items than `limits` allow.
    ExchangeError
        Where it lists more than 1,000 records.
    """
    if is_markup(data[:_HEAD_BYTES]):
        return xml.loads(data, lenient=lenient, limits=limits)
    return traditional.loads(data, lenient=lenient, limits=limits)


def dumps(transaction: Transaction, encoding: str | None = None) -> bytes:
    """The bytes of a transaction; `encoded` also says what is lost.

    Parameters
    ----------
    transaction
        To write. What was not changed since it was read is written as it was.
    encoding
        ``"traditional"`` or ``"xml"``; by default the one that it was read from, traditional for a new one.

    Raises
    ------
    ExchangeError
        Where a value does not fit the encoding: text needs a character set that 1.015 does not declare, or a number is
        too large for its place in a binary record.
    """
    return encoded(transaction, encoding).value


def encoded(transaction: Transaction, encoding: str | None = None, *, strict: bool = False) -> Mapped[bytes]:
    """The bytes of a transaction, and what the encoding has no place for; see `dumps`.

    Raises
    ------
    LossRefused
        In strict mode.
    """
    chosen = encoding_of(transaction) if encoding is None else one_of(encoding, "encoding", Encoding, ExchangeError)
    if chosen is Encoding.XML:
        return xml.dumps(transaction, strict=strict)
    losses = Losses()
    plain, lost = xml.without_xml(transaction) if xml.is_from_xml(transaction) else (transaction, ())
    for loss in lost:
        losses.add(loss)
    return losses.settle(traditional.dumps(plain), strict=strict)


def encoding_of(transaction: Transaction) -> Encoding:
    """The encoding that a transaction was read from."""
    return Encoding.XML if xml.is_from_xml(transaction) else Encoding.TRADITIONAL
