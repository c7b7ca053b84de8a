"""Where an action finds keys, directory and outbox, and the outgoing bundles that it writes there.

The extra `agencies` is imported by what needs it, so that help and completion come without it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.commands.registry.opening import add_registry, needs_records, opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.outputs import make_folder, output_errors

if TYPE_CHECKING:
    from fingerprint_engine.exchange.agencies import Directory, OwnKeys, SentPrint
    from fingerprint_engine.records import Session
    from fingerprint_engine.records.agencies import AskedFinger, Posted


class PostOffice(NamedTuple):
    """One's own keys, the agencies one knows, and the folder of what is to be sent."""

    own: OwnKeys
    directory: Directory
    outbox: Path


def declare_post(parser: argparse.ArgumentParser) -> None:
    """Arguments of every action that sends or takes bundles."""
    add_registry(parser, "exchange")
    group = parser.add_argument_group("bundles")
    group.add_argument("--keys", type=Path, required=True, metavar="FILE", help="one's own keys")
    group.add_argument("--directory", type=Path, required=True, metavar="FILE", help="agencies that one knows")
    group.add_argument("--outbox", type=Path, required=True, metavar="DIR", help="folder of bundles to be sent")
    text = "days until a bundle that is written now expires (default 30)"
    group.add_argument("--days", type=whole_number(1, 365), default=30, metavar="N", help=text)
    text = "send images where they are kept, so that an engine of another kind can read them"
    group.add_argument("--images", action="store_true", help=text)


@contextmanager
def at_the_desk(arguments: argparse.Namespace) -> Iterator[tuple[Session, PostOffice]]:
    """A session, and the post office."""
    from fingerprint_engine.exchange.agencies import read_directory, read_own_keys

    needs_records()
    office = PostOffice(read_own_keys(arguments.keys), read_directory(arguments.directory), arguments.outbox)
    make_folder(office.outbox)
    with opened(arguments) as (_, session, _):
        yield session, office


def send_open(session: Session, office: PostOffice, *, images: bool = False) -> list[Path]:
    """Write every bundle that was decided on and is not written; one that was begun when a process stopped, anew."""
    from fingerprint_engine.exchange.agencies import BundleKind, Outgoing, write_bundle
    from fingerprint_engine.records.agencies import finish_bundle, list_bundles

    written = []
    for posted in list_bundles(session, direction="out", open_only=True):
        path = office.outbox / _file_name(posted)
        outgoing = Outgoing(
            BundleKind(posted.kind),
            posted.agency,
            posted.number,
            session.moment,
            posted.expires_at,
            _answered(session, posted),
            posted.bundle,
        )
        with output_errors(path):
            head = write_bundle(
                path,
                outgoing,
                _records(session, posted, images),
                own=office.own,
                directory=office.directory,
                overwrite=True,
            )
        finish_bundle(session, posted, count=head.count, digest=head.chain)
        written.append(path)
    return written


def _file_name(posted: Posted) -> str:
    """A name that sorts as its receiver has to take the bundles, and that no other bundle has."""
    agency = "".join(one if one.isalnum() or one in "-. " else "_" for one in posted.agency[:40])
    return f"{agency}-{posted.number:06d}-{posted.kind.replace(' ', '-')}-{posted.bundle}.bundle"


def tell_sent(console: Console, paths: Sequence[Path]) -> None:
    """Say which bundles wait for a messenger."""
    for path in paths:
        console.text(f"to be sent: {path}")


def _answered(session: Session, posted: Posted) -> str:
    from fingerprint_engine.records.agencies import get_posted

    return get_posted(session, posted.reply_to).bundle if posted.reply_to else ""


def _records(session: Session, posted: Posted, images: bool) -> Iterator[bytes]:
    """The records of a bundle, as the registry has them."""
    from fingerprint_engine.exchange.agencies import (
        Answer,
        BundleKind,
        Confirmation,
        CoreData,
        Request,
        SentIdentifier,
        WatchOrder,
    )
    from fingerprint_engine.records.agencies import answers_of, asked, confirmations_of, released

    kind = BundleKind(posted.kind)
    if kind in (BundleKind.REQUEST, BundleKind.WATCH):
        for one in asked(session, posted, with_images=images):
            prints = tuple(_sent(finger, images) for finger in one.fingers)
            terms = (one.purpose, one.legal_basis, one.categories, one.expires_at)
            if kind is BundleKind.REQUEST:
                yield Request(one.reference, *terms, one.answer_by, prints).to_bytes()
            else:
                yield WatchOrder(one.reference, one.step, *terms, prints).to_bytes()
    elif kind in (BundleKind.ANSWER, BundleKind.NOTICE):
        for given in answers_of(session, posted):
            told = given.answer
            record = Answer(
                told.their_reference, told.reference, told.outcome, told.reason, told.receipt, given.evidence
            )
            yield record.to_bytes()
    elif kind is BundleKind.CONFIRMATION:
        for said in confirmations_of(session, posted):
            yield Confirmation(said.reference, said.answer, said.verdict).to_bytes()
    else:
        for person in released(session, posted):
            identifiers = tuple(SentIdentifier(one.kind, one.value, one.issuer) for one in person.identifiers)
            yield CoreData(person.reference, person.answer, person.category, identifiers).to_bytes()


def _sent(one: AskedFinger, images: bool) -> SentPrint:
    from fingerprint_engine.exchange.agencies import SentPrint

    if images and one.image is not None:
        return SentPrint(one.finger, image=one.image, ppi=one.ppi)
    return SentPrint(one.finger, template=one.template.to_bytes())
