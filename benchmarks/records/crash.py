"""``kill -9`` at random moments of admitting, moving, merging and erasing people: nothing acknowledged is lost.

One registry and its galleries on disk are written to by a process that is killed, again and again; many kills fall
between the commit of the database and the gallery that follows it. Each time the registry is opened anew: every
acknowledged person is there, every admission is whole, so is the audit trail, and after `catch_up` the galleries hold
exactly the prints that the database says. Now and then the galleries are deleted as well.

Run ``python -m benchmarks.records.crash --help``.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import os
import random
import shutil
import signal
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0
from fingerprint_engine.errors import RecordConflict
from fingerprint_engine.records import (
    Claim,
    Registry,
    admit,
    decide,
    erase,
    find_persons,
    propose,
    transfer,
    undo,
)
from fingerprint_engine.records.following.live_prints import all_live_prints, details_of, template_of
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.storage.schema import encounters, persons, prints
from fingerprint_engine.synthesis import PointPeople

PEOPLE = 40
LONGEST_S = 1.0
DELETE_GALLERIES_EVERY = 10
OPENING_EVERY = 5
"""So often the time runs from the start of the process, so that it may be killed while it opens the registry."""
READY = "ready"


@dataclasses.dataclass(frozen=True)
class Kill:
    """One kill: when, during what, and what was found."""

    after_s: float
    during: str
    acknowledged: int
    people: int
    behind: int
    found: str


def main(arguments: list[str] | None = None) -> None:
    """Kill, open, compare."""
    options = _parser().parse_args(arguments)
    print(f"kill -9 of a writer, {options.kills} times, seed {options.seed}; code {source_digest()}")
    print(machine_name())
    kills: list[Kill] = []
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    place = options.database or options.folder / "registry.db"
    for kill in run_kills(place, options.folder / "galleries", options.kills, options.seed):
        kills.append(kill)
        print(
            f"  {len(kills):4d}  after {1e3 * kill.after_s:6.1f} ms  during {kill.during:<9}{kill.acknowledged:4d} "
            f"acknowledged, {kill.people:4d} people, galleries {kill.behind:3d} changes behind: {kill.found}",
            flush=True,
        )
    print()
    for name, count in sorted(collections.Counter(kill.during for kill in kills).items()):
        print(f"  {count:4d} killed during {name}")
    for name, count in sorted(collections.Counter(kill.found for kill in kills).items()):
        print(f"  {count:4d} {name}")
    print(f"  {sum(kill.behind > 0 for kill in kills)} times the galleries were behind the database when it was opened")
    print(
        f"  {sum(kill.acknowledged for kill in kills)} calls were acknowledged, none is lost; nothing is half applied"
    )


def run_kills(
    place: Path | str, galleries: Path, kills: int, seed: int, longest_s: float = LONGEST_S
) -> Iterator[Kill]:
    """Kill a writer so many times.

    Raises
    ------
    RuntimeError
        When anything acknowledged is lost, or half applied, or the galleries disagree with the database.
    """
    crowd = PointPeople(seed)
    rng = random.Random(seed)
    numbers = _warm_up(place, galleries, crowd)
    gone: set[str] = set()
    for kill in range(kills):
        after_s = rng.uniform(0.0, longest_s)
        lines = _killed_writer(place, galleries, crowd, rng.randrange(2**32), after_s, kill)
        during = "opening"
        acknowledged = 0
        for line in lines:
            if line.startswith("done"):
                acknowledged += 1
                _, name, number, *person = line.split(" ")
                if name == "admit":
                    numbers[number] = person[0]
                elif name == "erase":
                    gone.add(number)
                during = "nothing"
            else:
                during = line
        if kill % DELETE_GALLERIES_EVERY == DELETE_GALLERIES_EVERY - 1:
            shutil.rmtree(galleries)
        people, behind = _check(place, galleries, numbers, gone)
        yield Kill(after_s, during, acknowledged, people, behind, "as acknowledged")


def _warm_up(place: Path | str, galleries: Path, crowd: PointPeople) -> dict[str, str]:
    """Make the registry and compile all kernels here, for galleries in memory and in files, and not in each writer."""
    Registry.create(place, galleries=galleries).close()
    numbers = {}
    for number in ("first", "second", "third"):
        with Registry.open(place, galleries=galleries) as registry:
            session = registry.session(actor="writer", purpose="admission", site="north")
            claims = [Claim("custody number", number, "x")]
            person = admit(session, crowd.prints(len(number)), category="remand", identifiers=claims).person
            numbers[number] = person.id
            transfer(session, person.id, crowd.prints(len(number)), site="north")
            registry.catch_up()
            for follower in registry.galleries.followers:
                follower.gallery.compact()
    return numbers


def _killed_writer(
    place: Path | str, galleries: Path, crowd: PointPeople, seed: int, after_s: float, kill: int
) -> list[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _write(place, galleries, crowd, random.Random(seed), writing, kill)
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if kill % OPENING_EVERY:  # on a busy machine a writer would be killed before it has opened the registry
            pipe.readline()
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [line for line in pipe.read().decode().split("\n")[:-1] if line != READY]


def _write(place: Path | str, galleries: Path, crowd: PointPeople, rng: random.Random, pipe: int, kill: int) -> None:
    """Work until killed; says each call before and after."""
    with Registry.open(place, galleries=galleries) as registry:

        def say(line: str) -> None:
            os.write(pipe, f"{line}\n".encode())

        say(READY)
        admission = registry.session(actor="writer", purpose="admission", site="north")
        custody = registry.session(actor="writer", purpose="custody", site="north")
        examiners = [registry.session(actor=f"examiner {n}", purpose="identity") for n in (1, 2)]
        oversight = registry.session(actor="writer", purpose="oversight")
        known: list[tuple[str, str, int]] = []
        for step in range(10_000):
            name = rng.choices(["admit", "move", "merge", "erase"], (6, 3, 2, 1))[0] if len(known) > 1 else "admit"
            say(name)
            if name == "admit":
                who, number = rng.randrange(PEOPLE), f"{kill}-{step}"
                claim = Claim("custody number", number, "x")
                found = admit(admission, crowd.prints(who), category="remand", identifiers=[claim])
                known.append((found.person.id, number, who))
                say(f"done admit {number} {found.person.id}")
                continue
            person, number, who = rng.choice(known)
            if name == "move":
                transfer(custody, person, crowd.prints(who), site=rng.choice(["north", "south"]))
            elif name == "merge":
                _merge_and_undo(examiners, person, rng.choice(known)[0])
            else:
                erase(oversight, person)
                for one in known:
                    if one[0] == person:
                        say(f"done erase {one[1]}")
                known = [one for one in known if one[0] != person]
                continue
            say(f"done {name} {number}")


def _merge_and_undo(examiners: list, first: str, second: str) -> None:
    if first == second:
        return
    proposal = propose(examiners[0], "merge", persons=[first, second], reason="test")
    decide(examiners[0], proposal.id, accept=True, reason="test")
    change = decide(examiners[1], proposal.id, accept=True, reason="test")[1]
    undo(examiners[0], change.id)


def _check(place: Path | str, galleries: Path, numbers: dict[str, str], gone: set[str]) -> tuple[int, int]:
    """Whether everything acknowledged is there and whole, and the galleries agree; people, and changes behind."""
    with Registry.open(place, galleries=galleries) as registry:
        session = registry.session(actor="checker", purpose="admission")
        for number in [one for one in numbers if one not in gone and not find_persons(session, one)]:
            # An erasure that was not acknowledged may have happened; nothing else takes an admission away.
            if not _is_erased(registry, numbers[number]):
                raise RuntimeError("an acknowledged admission is lost")
            gone.add(number)
        with registry.database.reading() as connection:
            count = sa.func.count(prints.c.id)
            whole = sa.select(count).select_from(encounters.outerjoin(prints)).where(encounters.c.kind == "admission")
            counts = set(connection.execute(whole.group_by(encounters.c.id)).scalars())
            people = connection.execute(sa.select(sa.func.count()).select_from(persons)).scalar_one()
        if counts - {2}:
            raise RuntimeError(f"an admission of two prints is on record with {sorted(counts - {2})}")
        report = registry.verify_audit()
        if not report.is_whole:
            raise RuntimeError(f"audit: {report.problem}")
        last = registry.catch_up()
        _compare(registry)
        return int(people), last - min((follower.opened_at for follower in registry.galleries.followers), default=last)


def _is_erased(registry: Registry, person: str) -> bool:
    try:
        with registry.database.reading() as connection:
            person_row(connection, person)
    except RecordConflict as error:
        return "was erased" in str(error)
    return False


def _compare(registry: Registry) -> None:
    held: dict[str, tuple] = {}
    for follower in registry.galleries.followers:
        held |= {key: (follower.gallery.get(key).to_bytes(), follower.gallery.details(key)) for key in follower.gallery}
    with registry.database.reading() as connection:
        rows = all_live_prints(connection, "", 1_000_000)
    wanted = {row.id: (template_of(row).to_bytes(), details_of(row, registry.policy)) for row in rows}
    if held != wanted:
        raise RuntimeError(f"galleries hold {len(held)} prints, the database {len(wanted)}; they disagree")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records.crash", description=__doc__)
    parser.add_argument("--kills", type=AT_LEAST_0, default=200)
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite without it")
    parser.add_argument("--folder", type=Path, default=RESULTS / "records-crash", help="where; replaced")
    return parser


if __name__ == "__main__":
    main()
