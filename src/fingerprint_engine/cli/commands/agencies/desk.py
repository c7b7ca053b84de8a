"""A bundle comes in: it is checked, logged, dealt with record by record, and what it leads to is opened.

Whatever is interrupted is taken up again with the same bundle: the registry does each record once.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fingerprint_engine.cli.commands.agencies.post_office import PostOffice
from fingerprint_engine.errors import BundleRefused, FailureToExtract, ImageError, RecordsError, Refusal, TemplateError
from fingerprint_engine.exchange.agencies import (
    RECORDS_OF,
    Answer,
    BundleKind,
    BundleRecord,
    CheckedBundle,
    Confirmation,
    Request,
    SentPrint,
    WatchOrder,
    check_bundle,
    new_bundle_id,
)

if TYPE_CHECKING:
    from fingerprint_engine.pipeline import PipelineParameters
    from fingerprint_engine.records import Capture, Session
    from fingerprint_engine.records.agencies import Posted


class Taken(NamedTuple):
    """What came of a bundle: its head, outcomes by number, and records that were refused."""

    bundle: CheckedBundle
    outcomes: dict[str, int]
    refused: tuple[BundleRefused, ...]


def take(
    session: Session,
    office: PostOffice,
    path: Path,
    *,
    kinds: Collection[BundleKind],
    days: int = 30,
    accept_gap: bool = False,
    extractor: PipelineParameters | None = None,
) -> Taken:
    """Take one bundle.

    Parameters
    ----------
    session, office
        Of whoever takes it.
    path
        Of the bundle.
    kinds
        Which kinds are to be taken here.
    days
        Until what answers it expires.
    accept_gap
        Whether it is taken although one before it did not come.
    extractor
        What reads images in requests; None for the default.

    Raises
    ------
    BundleRefused
        Nothing of it was done.
    """
    from fingerprint_engine.records.agencies import answered, finish_bundle, note_refusal, take_bundle

    bundle = check_bundle(path, office.directory, at=session.now, receiver=office.own.agency)
    head = bundle.head
    if head.kind not in kinds:
        expected = ", ".join(sorted(one.value for one in kinds))
        raise BundleRefused(Refusal.MALFORMED, f"expected a bundle of kind {expected}, found {head.kind.value}")
    for place, content in bundle.records(office.own):  # all can be read before anything is done
        _read(head.kind, place, content)
    posted = take_bundle(
        session,
        agency=head.sender,
        bundle=head.bundle,
        kind=head.kind.value,
        number=head.number,
        count=head.count,
        digest=head.chain,
        expires_at=head.expires_at,
        reply_to=head.reply_to,
        accept_gap=accept_gap,
    )
    outcomes: dict[str, int] = {}
    refused = []
    known = answered(session, posted) if head.kind is BundleKind.REQUEST else {}  # images are not read again
    for place, content in bundle.records(office.own):
        try:
            outcome = known.get(place) or _do(session, posted, place, _read(head.kind, place, content), extractor)
        except BundleRefused as error:
            note_refusal(session, posted, error)
            refused.append(error)
        else:
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    expires_at = _text(session.now + datetime.timedelta(days=days))
    if head.kind is BundleKind.REQUEST:
        from fingerprint_engine.records.agencies import close_questions

        close_questions(session, posted, bundle=new_bundle_id(), expires_at=expires_at)
    else:
        _follow_up(session, head.kind, head.sender, expires_at)
        finish_bundle(session, posted)  # last: until then the bundle is taken up again
    return Taken(bundle, outcomes, tuple(refused))


def _text(moment: datetime.datetime) -> str:
    from fingerprint_engine.records.moments import text_of

    return text_of(moment)


def _follow_up(session: Session, kind: BundleKind, sender: str, expires_at: str) -> None:
    """What can be told now that could not be told before."""
    from fingerprint_engine.records.agencies import give_notices, release

    if kind is BundleKind.CONFIRMATION:
        release(session, agency=sender, bundle=new_bundle_id(), expires_at=expires_at)
    if kind is BundleKind.WATCH:
        give_notices(session, agency=sender, bundle=new_bundle_id(), expires_at=expires_at)


def _read(kind: BundleKind, place: int, content: bytes) -> BundleRecord:
    try:
        return RECORDS_OF[kind].from_bytes(content)
    except BundleRefused as error:
        raise BundleRefused(error.reason, error.detail, place) from None


def _do(
    session: Session, posted: Posted, place: int, record: BundleRecord, extractor: PipelineParameters | None
) -> str:
    """Deal with one record; gives a word for it."""
    from fingerprint_engine.records import Claim, agencies

    if isinstance(record, Request | WatchOrder):
        captures, trouble, is_poor = _captures(record.prints, extractor)
        question = agencies.Question(
            place,
            record.reference,
            record.purpose,
            record.legal_basis,
            record.categories,
            record.expires_at,
            captures,
            trouble,
            is_poor,
        )
        if isinstance(record, Request):
            return agencies.answer_question(session, posted, question).outcome
        made = agencies.hear_order(session, posted, record.order, question)
        return f"{record.order}: {'done' if made is not None else 'nothing to do, or refused'}"
    if isinstance(record, Answer):
        heard = agencies.Heard(
            place, record.reference, record.answer, record.outcome, record.reason, record.receipt, record.evidence
        )
        return agencies.hear_answer(session, posted, heard).outcome
    if isinstance(record, Confirmation):
        said = agencies.Confirmed(record.reference, record.answer, record.verdict)
        agencies.hear_confirmation(session, posted, place, said)
        return record.verdict
    try:
        claims = tuple(Claim(one.kind, one.value, one.issuer) for one in record.identifiers)
    except RecordsError as error:
        raise BundleRefused(Refusal.MALFORMED, str(error), place) from None
    told = agencies.Told(record.reference, record.answer, record.category, claims)
    agencies.hear_core_data(session, posted, place, told)
    return "identity"


def _captures(prints: tuple[SentPrint, ...], extractor: PipelineParameters | None) -> tuple[list[Capture], str, bool]:
    """Captures of what was sent; else why there are none, and whether it is their quality."""
    from fingerprint_engine.records import Capture

    captures, troubles = [], []
    poor = 0
    for place, one in enumerate(prints, start=1):
        if one.missing:
            continue
        try:
            captures.append(Capture(_template(one, extractor)))
        except FailureToExtract as error:
            poor += 1
            troubles.append(f"print {place}: {error.reason.value}")
        except (TemplateError, ImageError) as error:
            troubles.append(f"print {place}: {type(error).__name__}")
    if captures:
        return captures, "", False
    return [], "; ".join(troubles)[:1000], poor > 0 and poor == len(troubles)


def _template(one: SentPrint, extractor: PipelineParameters | None) -> Any:
    """The template of a print that was sent, under the position that its record states."""
    from fingerprint_engine.records.following.live_prints import positioned
    from fingerprint_engine.template import Template

    if one.template:
        return positioned(Template.from_bytes(one.template), int(one.finger))
    from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, extract
    from fingerprint_engine.preprocessing import load_image

    image = load_image(one.image, ppi=one.ppi)
    return extract(image, finger=one.finger, parameters=extractor or DEFAULT_PARAMETERS)
