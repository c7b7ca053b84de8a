"""New transactions of INT-I 6.00: requests, and the answers to them. Nothing is written that breaks a rule."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import ContradictoryRecord
from fingerprint_engine.exchange.ansi_nist import (
    Block,
    Header,
    ImageRecord,
    Transaction,
    View,
    build_transaction,
    edit,
)
from fingerprint_engine.exchange.ansi_nist.cards.model import VERSION
from fingerprint_engine.exchange.interpol.checking import STRICT, violations
from fingerprint_engine.exchange.interpol.codes import ERRORS, HIT, NO_HIT, OLD_TRANSACTIONS, REQUESTS, RESPONSES
from fingerprint_engine.exchange.interpol.control_numbers import control_number


class Form(enum.StrEnum):
    """Which INT-I a transaction is written in."""

    CURRENT = "6.00"
    OLD = "4.22"


DOMAINS = {Form.CURRENT: ("INT-I", "0600"), Form.OLD: ("INT-I", "4.22")}
_VERSIONS = {Form.CURRENT: VERSION, Form.OLD: "0300"}
_ECHOED = ("RDM", "LID")


@dataclasses.dataclass(frozen=True, slots=True)
class Organization:
    """Who sends or receives.

    Parameters
    ----------
    name
        What counts in 6.00.
    country
        In three letters; INTERPOL itself is ``XPO``.
    agency
        Identifier such as ``"DE/BKA"``, which counts in 4.22.
    """

    name: str
    country: str
    agency: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Envelope:
    """What a transaction says of itself.

    Parameters
    ----------
    sender, receiver
        Of the transaction.
    created
        Aware moment.
    serial
        Of the control number, used once in the year.
    priority
        1 (highest) to 9.
    form
        6.00, or the traditional 4.22 that the annex of Prüm shows.
    """

    sender: Organization
    receiver: Organization
    created: datetime.datetime
    serial: int
    priority: int | None = None
    form: Form = Form.CURRENT


def build_request(
    kind: str,
    envelope: Envelope,
    images: Sequence[ImageRecord],
    descriptive: Mapping[str, Any],
    *,
    missing: Mapping[int, str] | None = None,
    blocks: Sequence[Block] | None = None,
) -> Transaction:
    """Make a request: CPS, NPS, MPS or ATP.

    Parameters
    ----------
    kind
        Type of transaction.
    envelope
        Of it.
    images
        What is searched or enrolled.
    descriptive
        Type-2 fields by mnemonic: references as ``"DEU/1234"``, dates as ``20261231``.
    missing, blocks
        As in `ansi_nist.build_transaction`; by default INCITS 378, in 4.22 the legacy fields.

    Raises
    ------
    ContradictoryRecord
        At the first rule that is broken; the message begins with its code.
    """
    known = sorted(REQUESTS if envelope.form is Form.CURRENT else OLD_TRANSACTIONS - set(RESPONSES))
    if kind not in known:
        raise ContradictoryRecord(f"116: expected one of {', '.join(known)}", "1.004")
    return _built(kind, envelope, images, descriptive, None, missing, blocks)


def hit(
    request: Transaction,
    envelope: Envelope,
    descriptive: Mapping[str, Any],
    *,
    number: int,
    total: int,
    verified: bool,
    matching: Sequence[tuple[int, int]] = (),
) -> Transaction:
    """Answer a request with one candidate: several candidates are several answers.

    Parameters
    ----------
    request
        What is answered; its control number, priority and what has to be echoed are taken.
    envelope
        Of the answer.
    descriptive
        The candidate's Type-2 fields, a reference at least.
    number, total
        Which candidate it is of how many.
    verified
        Whether a person confirmed it.
    matching
        Positions in the search and of the candidate that matched.

    Raises
    ------
    ContradictoryRecord
        At the first rule that is broken.
    """
    result = (str(number), "true" if verified else "false", str(total), request.context.transaction_type, HIT)
    fields = {**descriptive, **_echo(request), "RLS": [result]}
    if matching:
        fields["LMP"] = list(matching)
    return _built("SRE", _with_priority(envelope, request), (), fields, request)


def no_hit(request: Transaction, envelope: Envelope) -> Transaction:
    """Answer a request of which nothing was found.

    Raises
    ------
    ContradictoryRecord
        At the first rule that is broken.
    """
    result = ("", "", "0", request.context.transaction_type, NO_HIT)
    return _built("SRE", _with_priority(envelope, request), (), {**_echo(request), "RLS": [result]}, request)


def error(request: Transaction, envelope: Envelope, code: int, field: str = "", text: str = "") -> Transaction:
    """Answer a request that cannot be dealt with.

    Parameters
    ----------
    request, envelope
        As in `hit`.
    code
        Of `ERRORS`.
    field
        Mnemonic of the field at fault.
    text
        At most 128 characters; by default what the code means.

    Raises
    ------
    ContradictoryRecord
        When there is no such code, or a rule is broken.
    """
    if code not in ERRORS:
        raise ContradictoryRecord(f"115: expected one of {', '.join(f'{one:03d}' for one in ERRORS)}", "2.074")
    message = (f"{code:03d}", field, text or ERRORS[code])
    return _built("ERR", _with_priority(envelope, request), (), {**_echo(request), "ERM": [message]}, request)


def _built(
    kind: str,
    envelope: Envelope,
    images: Sequence[ImageRecord],
    descriptive: Mapping[str, Any],
    request: Transaction | None,
    missing: Mapping[int, str] | None = None,
    blocks: Sequence[Block] | None = None,
) -> Transaction:
    reference = None if request is None else request.header.field(9)
    current = envelope.form is Form.CURRENT
    header = Header(
        transaction_type=kind,
        destination=envelope.receiver.name if current else envelope.receiver.agency,
        origin=envelope.sender.name if current else envelope.sender.agency,
        control_number=control_number(envelope.created.year, envelope.serial),
        control_reference=None if reference is None else reference.first_item,
        created=envelope.created,
        domain=DOMAINS[envelope.form],
        priority=envelope.priority,
        version=_VERSIONS[envelope.form],
        utf_8=current,
    )
    chosen = blocks if blocks is not None else (Block.INCITS_378,) if current else (Block.LEGACY,)
    made = build_transaction(header, images, descriptive=dict(descriptive), missing=missing, blocks=chosen)
    names = (envelope.receiver.name, envelope.sender.name, envelope.receiver.country, envelope.sender.country)
    if current:
        made = edit(made, 0, DAI=None, ORI=None, ANM=names)
    broken = violations(made, STRICT)
    if broken:
        first = broken[0]
        raise ContradictoryRecord(f"{first.code:03d} {ERRORS[first.code]}: {first.text}", first.field)
    return made


def _echo(request: Transaction) -> dict[str, Any]:
    """The fields that an answer repeats."""
    record = next(request.of_type(2), None)
    if record is None:
        return {}
    view = View(record)
    return {name: view[name] for name in _ECHOED if name in view}


def _with_priority(envelope: Envelope, request: Transaction) -> Envelope:
    stated = request.header.field(6)
    if envelope.priority is not None or stated is None or not stated.first_item.isdigit():
        return envelope
    return dataclasses.replace(envelope, priority=int(stated.first_item))
