"""A day in custody: everything that a registry does, on people who do not exist."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.cli.commands.registry.naming import kind_name
from fingerprint_engine.cli.commands.registry.opening import needs_records
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import OutputError
from fingerprint_engine.cli.outputs import make_folder, output_errors
from fingerprint_engine.errors import MissingExtra
from fingerprint_engine.fingers import Finger
from fingerprint_engine.synthesis import PointPeople

if TYPE_CHECKING:
    from fingerprint_engine.records import Registry, Session
    from fingerprint_engine.records.messages import Messages

FOLDER = "custody"
MARK = "made-by-the-demo-of-a-day-in-custody"
SEED = 20260302
FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX, Finger.RIGHT_THUMB, Finger.LEFT_THUMB)
TWO = FINGERS[:2]
PRISONERS, NEIGHBOUR, VISITOR, ACCOMPLICE = 12, 40, 50, 7
FIRST_DAY = datetime.date(2026, 3, 2)
NAMES = ("Aldo Fittizio", "Bruno Inventado", "Carla Imaginaire", "Dario Ficticio")


class StoryClock:
    """The time of the story: it moves when the story says so."""

    def __init__(self) -> None:
        self.at = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        """The moment; each is a little later than the one before."""
        self.at += datetime.timedelta(milliseconds=1)
        return self.at

    def wait(self, **step: int) -> None:
        """Let time pass."""
        self.at += datetime.timedelta(**step)


def tell_custody_day(output: Path, language: str, console: Console) -> dict[str, Any]:
    """Live through the day, tell it, and write the case pages.

    Parameters
    ----------
    output
        Folder of the demo; the day gets a folder of its own in it, made anew each time.
    language
        Of the story.
    console
        Where it is told.

    Returns
    -------
    dict
        What happened, as plain data.
    """
    needs_records()
    from fingerprint_engine.records import Registry
    from fingerprint_engine.records.messages import messages

    folder = _empty_folder(output / FOLDER)
    clock, texts = StoryClock(), messages(language)
    console.text(texts.say("story.title"))
    console.text(texts.say("story.intro"))
    with Registry.create(folder / "custody.db", galleries=folder / "galleries", clock=clock) as registry:
        day = _Day(registry, clock, texts, console)
        people = day.admissions()
        facts: dict[str, Any] = {"alias": day.alias(people), "swap": day.visiting_room(people)}
        facts["roll_call"] = day.roll_call(people)
        facts["release"] = day.release(people)
        facts["pages"] = [str(path) for path in day.pages(folder)]
        facts["erasure"] = day.erasure(people)
        facts["audit"] = day.audit()
    return facts


class _Day:
    """The scenes of the day."""

    def __init__(self, registry: Registry, clock: StoryClock, texts: Messages, console: Console) -> None:
        self._registry = registry
        self._clock = clock
        self._texts = texts
        self._console = console
        self._hands = PointPeople(SEED)

    def admissions(self) -> dict[int, str]:
        """Twelve people of unit A, one of unit B, and a visitor: their files by the number of their hands."""
        from fingerprint_engine.records import Claim, admit, check_visitor

        people = {}
        with self._session("admission") as session:
            for number in (*range(PRISONERS), NEIGHBOUR):
                claims = [
                    Claim("name", _name(number)),
                    Claim("custody number", f"N-{number:04d}", "north"),
                ]
                found = admit(
                    session,
                    self._hands.prints(number, FINGERS),
                    category="convicted",
                    identifiers=claims,
                    unit="B" if number == NEIGHBOUR else "A",
                    reason="sentence",
                )
                people[number] = _file_of(found.person)
        with self._session("visit") as session:
            claims = [Claim("name", _name(VISITOR))]
            found = check_visitor(session, self._hands.prints(VISITOR, FINGERS), identifiers=claims)
            people[VISITOR] = _file_of(found.person)
        self._say("admissions", count=PRISONERS + 1)
        self._line("story.files", files=[f"{_name(n)} {one}" for n, one in people.items() if n != VISITOR])
        return people

    def alias(self, people: dict[int, str]) -> str:
        """Somebody comes again, under another name."""
        from fingerprint_engine.records import Claim, admit

        self._clock.wait(hours=1)
        with self._session("admission") as session:
            found = admit(
                session,
                self._hands.prints(3, TWO),
                category="convicted",
                identifiers=[Claim("name", "Zeno Falso"), Claim("custody number", "N-0999", "north")],
                unit="A",
                reason="arrest under another name",
            )
        self._say("alias", names=found.earlier_names, person=_file_of(found.person))
        return f"{found.outcome.value}: {_file_of(found.person) == people[3]}"

    def visiting_room(self, people: dict[int, str]) -> str:
        """A visitor wants to go back to the cells in the place of a prisoner."""
        from fingerprint_engine.records import return_from_visit

        self._clock.wait(hours=2)
        self._say("visit", who=_name(5), person=people[5])
        with self._session("custody") as session:
            honest = return_from_visit(session, people[4], self._hands.prints(4, TWO))
            found = return_from_visit(session, people[5], self._hands.prints(VISITOR, TWO))
        self._tell(found)
        self._say("swap", who=_name(VISITOR), other=", ".join(one.person for one in found.others))
        return f"{honest.outcome.value}, {found.outcome.value}"

    def roll_call(self, people: dict[int, str]) -> str:
        """One is missing, two exchanged their cards, a visitor stayed, and a prisoner of the next unit is here."""
        from fingerprint_engine.cli.commands.registry.telling import roll_call_lines
        from fingerprint_engine.records import CardCapture, roll_call

        self._clock.wait(hours=3)
        self._say("roll_call", unit="A")
        hand = self._hands.prints
        taken = [CardCapture(hand(n, TWO[n % 2 :][:1]), people[n]) for n in range(2, PRISONERS - 1)]
        taken += [CardCapture(hand(1, TWO), people[0]), CardCapture(hand(0, TWO), people[1])]
        taken += [CardCapture(hand(VISITOR, TWO)), CardCapture(hand(NEIGHBOUR, TWO))]
        with self._session("custody") as session:
            found = roll_call(session, taken, unit="A")
        for line in roll_call_lines(found, self._texts):
            self._console.text(f"  {line}")
        return str(found.receipt["outcome"])

    def release(self, people: dict[int, str]) -> str:
        """Somebody else comes with the papers; then the right one does."""
        from fingerprint_engine.records import release

        self._clock.wait(hours=1)
        self._say("release", who=_name(6), person=people[6])
        with self._session("custody") as session:
            refused = release(session, people[6], self._hands.prints(ACCOMPLICE, TWO), reason="end of sentence")
            self._tell(refused.check)
            kind = kind_name("release", self._texts)
            self._line("movement.refused", kind=kind, person=people[6])
            done = release(session, people[6], self._hands.prints(6, TWO), reason="end of sentence")
            self._line("movement.done", kind=kind, person=people[6])
        return f"refused: {not refused.is_done}, done: {done.is_done}"

    def pages(self, folder: Path) -> Iterator[Path]:
        """A page for each case of the day, where pages can be made."""
        from fingerprint_engine.cli.commands.registry.cases import write_case_page
        from fingerprint_engine.records import case_evidence, list_cases

        with self._session("identity", actor="examiner 2") as session:
            for number, case in enumerate(list_cases(session), start=1):
                path = folder / f"case-{number}.html"
                try:
                    write_case_page(case_evidence(session, case.id), self._texts, path, overwrite=True)
                except MissingExtra as error:
                    self._console.text(f"  {error}")
                    return
                self._say("page", path=path)
                yield path

    def erasure(self, people: dict[int, str]) -> dict[str, Any]:
        """Ten years after the release the term of a person is over."""
        from fingerprint_engine.records import retain

        self._clock.wait(days=3653)
        self._say("erasure", who=_name(6))
        with self._session("oversight") as session:
            found = retain(session, apply=True)
        proof = found.proof
        if proof is None or people[6] not in proof.persons:
            raise OutputError("demo: expected the released person to be erased")
        name = "done" if proof.is_complete else "left"
        residue = proof.residue
        self._line(
            f"erasure.{name}",
            persons=[one for one in proof.persons if one == people[6]],
            pieces=residue.pieces,
            files=residue.files,
            names=residue.found,
        )
        return {"complete": proof.is_complete, "pieces": residue.pieces, "digest": proof.digest}

    def audit(self) -> str:
        """The trail of the day."""
        report = self._registry.verify_audit()
        self._say("audit", entries=report.head.number, digest=report.head.digest[:16])
        return "whole" if report.is_whole else report.problem

    def _session(self, purpose: str, actor: str = "officer 17") -> Session:
        return self._registry.session(actor=actor, purpose=purpose, site="north")

    def _say(self, name: str, **values: object) -> None:
        shown = "%H:%M" if self._clock.at.date() == FIRST_DAY else "%Y-%m-%d %H:%M"
        self._console.text(f"{self._clock.at:{shown}} {self._texts.say(f'story.{name}', **values)}")

    def _line(self, name: str, **values: object) -> None:
        self._console.text(f"  {self._texts.say(name, **values)}")

    def _tell(self, found: Any) -> None:
        from fingerprint_engine.cli.commands.registry.telling import check_lines

        for line in check_lines(found, self._texts):
            self._console.text(f"  {line}")


def _name(number: int) -> str:
    """The invented name of a person."""
    return f"{NAMES[number % len(NAMES)]} {number}"


def _file_of(person: Any) -> str:
    """Identifier of a file that an admission gave."""
    return str(person.id)


def _empty_folder(folder: Path) -> Path:
    """The folder of the day, without what an earlier demo left; any other folder is refused."""
    if folder.exists():
        if not (folder / MARK).is_file():
            raise OutputError(f"{folder}: expected the folder of an earlier demo, it holds something else")
        with output_errors(folder):
            shutil.rmtree(folder)
    make_folder(folder)
    with output_errors(folder):
        (folder / MARK).touch()
    return folder
