"""One of two agencies: its people, its keys, its outbox, and its work as a process that may be killed."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from fingerprint_engine.cli.commands.agencies.desk import take
from fingerprint_engine.cli.commands.agencies.post_office import PostOffice, send_open
from fingerprint_engine.errors import BundleRefused, Refusal
from fingerprint_engine.exchange.agencies import BundleKind, Directory, OwnKeys, new_bundle_id
from fingerprint_engine.records import (
    Claim,
    NewPerson,
    Registry,
    Session,
    agencies,
    decide_case,
    import_people,
    list_cases,
)
from fingerprint_engine.records.moments import now, text_of
from fingerprint_engine.records.storage.schema import bundles, identifiers, persons, requests
from fingerprint_engine.synthesis import PointPeople

KNOWN_EVERY = 10
BUNDLE = 100
ANY = frozenset(BundleKind)


def people_of(crowd: PointPeople, agency: str, count: int) -> Iterator[NewPerson]:
    """So many people; one in ten is on file in both places, under another number."""
    for place in range(count):
        number = place if agency == "lima" or place % KNOWN_EVERY == 0 else 1_000_000 + place
        claims = [Claim("custody number", f"{agency[0].upper()}{place}", agency)]
        yield NewPerson(crowd.prints(number), "convicted", claims, site="north")


class Agency:
    """An agency; nothing of it is open but what `opened` opens.

    Parameters
    ----------
    name
        As both directories spell it.
    place
        Of its registry.
    folder
        For keys, galleries and outbox.
    """

    def __init__(self, name: str, place: str | Path, folder: Path) -> None:
        self.name, self.place, self.folder = name, place, folder
        self.outbox, self._taken = folder / "outbox", folder / "taken"
        self.own = OwnKeys.make(name, text_of(now()))
        self.directory = Directory()
        for one in (self.outbox, self._taken):
            one.mkdir(parents=True)

    def found(self, other: Agency, people: Iterator[NewPerson]) -> None:
        """Make the registry, and get to know the other agency."""
        self.directory = Directory().with_card(self.own.card).with_card(other.own.card)
        with Registry.create(self.place, galleries=self.folder / "galleries") as registry:
            import_people(registry.session(actor="import", purpose="admission"), people)
            registry.catch_up()

    @contextmanager
    def opened(self) -> Iterator[Session]:
        """A session of the clerk."""
        with Registry.open(self.place, galleries=self.folder / "galleries") as registry:
            yield registry.session(actor="clerk", purpose="exchange")

    @property
    def office(self) -> PostOffice:
        """Keys, directory and outbox."""
        return PostOffice(self.own, self.directory, self.outbox)

    @property
    def is_stopping(self) -> bool:
        """Whether nothing new is to be asked."""
        return (self.folder / "stop").exists()

    def stop(self) -> None:
        """Ask nothing new."""
        (self.folder / "stop").touch()

    def take_all(self, session: Session, outbox: Path) -> int:
        """Take what lies in the outbox of the other agency, in its order, and put it away."""
        done = 0
        for path in sorted(outbox.glob(f"{self.name}-*.bundle")):
            try:
                take(session, self.office, path, kinds=ANY)
            except BundleRefused as error:
                if error.reason is not Refusal.REPLAYED:  # written again by a process that was killed
                    raise
            path.rename(self._taken / path.name)
            done += 1
        send_open(session, self.office)
        return done

    def settle(self, session: Session, outbox: Path) -> int:
        """Take what came, let examiners decide every case, and tell; gives how many cases were decided."""
        self.take_all(session, outbox)
        examiner = session.under("identity")
        open_cases = list_cases(examiner)
        for case in open_cases:
            decide_case(examiner, case.id, "same", reason="seen", person=(case.candidates or ("",))[0])
        other = next(card.agency for card in self.directory.cards if card.agency != self.name)
        until = text_of(now() + datetime.timedelta(days=30))
        for open_bundle in (agencies.confirm, agencies.release):
            open_bundle(session, agency=other, bundle=new_bundle_id(), expires_at=until)
        send_open(session, self.office)
        return len(open_cases)

    def work(self, outbox: Path, people: int) -> None:
        """Work until everybody was asked about and all is settled; with no people, until it is killed."""
        with self.opened() as session:
            send_open(session, self.office)
            while True:
                asked, waiting = self._asked(session)
                if people and waiting < BUNDLE and not (self.is_stopping and asked >= people):
                    ask_all(session, people, begin=asked % people, end=asked % people + BUNDLE)
                    send_open(session, self.office)
                self.settle(session, outbox)
                if people and self.is_stopping and self._is_done(session, people):
                    return
                time.sleep(0.01)

    def numbers(self, session: Session) -> dict[str, int]:
        """Place of each person in the list."""
        query = sa.select(identifiers.c.person_id, identifiers.c.value).where(identifiers.c.kind == "custody number")
        return {row.person_id: int(row.value[1:]) for row in session.read(lambda c: c.execute(query).fetchall())}

    def _asked(self, session: Session) -> tuple[int, int]:
        """How many questions were asked, and how many wait for an answer."""
        return _count(session, requests), _count(session, requests, requests.c.answered_at.is_(None))

    def _is_done(self, session: Session, people: int) -> bool:
        """Whether everybody was asked about, everything is answered, and all that both confirmed is told."""
        asked, waiting = self._asked(session)
        untold = _count(session, requests, requests.c.case_id.is_not(None), requests.c.core_data == "")
        unsent = _count(session, bundles, bundles.c.done_at.is_(None))
        return asked >= people and not (waiting or untold or unsent)


def _count(session: Session, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return int(session.read(lambda connection: connection.execute(query).scalar_one()))


def ask_all(session: Session, people: int, *, begin: int = 0, end: int | None = None) -> None:
    """Ask Quito about people, from one place in the list to another, in bundles."""
    ids = session.read(lambda c: list(c.execute(sa.select(persons.c.id).order_by(persons.c.id)).scalars()))
    until = now() + datetime.timedelta(days=30)
    terms = agencies.Terms("exchange", "treaty, article 4", frozenset({"convicted"}), until)
    last = people if end is None else min(end, people)
    for first in range(begin, last, BUNDLE):
        some = ids[first : min(first + BUNDLE, last)]
        agencies.ask(session, some, terms, agency="quito", bundle=new_bundle_id())
