"""Eight readers and two writers on PostgreSQL: no lost update, no deadlock that reaches a caller, a feed in order.

Each process has its own connections and its own galleries in memory. Writers admit people and move each other's;
readers check, search and read. At the end every acknowledged admission is there, every count fits, feed and audit trail
are whole.

Run ``python -m benchmarks.records.concurrency --help``; without ``--database`` it starts a server of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT, AT_LEAST_0
from fingerprint_engine.errors import FingerprintEngineError, RecordConflict
from fingerprint_engine.records import Claim, Registry, admit, check, find_persons, get_person, transfer
from fingerprint_engine.records.storage.schema import feed, persons
from fingerprint_engine.synthesis import PointPeople

PEOPLE = 60


def main(arguments: list[str] | None = None) -> None:
    """Run, count, compare."""
    options = _parser().parse_args(arguments)
    print(f"{options.readers} readers and {options.writers} writers for {options.seconds} s")
    print(machine_name())
    with _database(options.database) as place:
        Registry.create(place).close()
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        kinds = [(_write, n) for n in range(options.writers)] + [(_read, n) for n in range(options.readers)]
        workers = [context.Process(target=work, args=(place, n, options.seconds, answers)) for work, n in kinds]
        for worker in workers:
            worker.start()
        found = [answers.get() for _ in workers]
        for worker in workers:
            worker.join()
        done: Counter[str] = sum((one["done"] for one in found), Counter())
        errors = [error for one in found for error in one["errors"]]
        for name, count in sorted(done.items()):
            print(f"  {count:6d} {name}")
        print(f"  {len(errors)} errors that reached a caller {Counter(errors).most_common(3)}")
        print(_verdict(place, found))


def _write(place: str, number: int, seconds: float, answers: Any) -> None:
    """Admit people, and move anybody."""
    rng, people = random.Random(number), PointPeople(3)
    done: Counter[str] = Counter()
    errors: list[str] = []
    numbers: list[str] = []
    with Registry.open(place) as registry:
        admission = registry.session(actor=f"writer {number}", purpose="admission", site="north")
        custody = registry.session(actor=f"writer {number}", purpose="custody", site="north")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                who = rng.randrange(PEOPLE)
                custody_number = f"{number}-{len(numbers)}"
                claim = Claim("custody number", custody_number, "x")
                found = admit(admission, people.prints(who), category="remand", identifiers=[claim])
                numbers.append(custody_number)
                done["admissions"] += 1
                if found.person is not None:
                    site = rng.choice(["north", "south"])
                    transfer(custody, found.person.id, people.prints(who), site=site)
                    done["transfers"] += 1
            except RecordConflict:
                done["told that somebody was moved meanwhile"] += 1
            except FingerprintEngineError as error:
                errors.append(f"{type(error).__name__}: {error}")
    answers.put({"done": done, "errors": errors, "numbers": numbers})


def _read(place: str, number: int, seconds: float, answers: Any) -> None:
    """Check, search and read."""
    rng, people = random.Random(1000 + number), PointPeople(3)
    done: Counter[str] = Counter()
    errors: list[str] = []
    with Registry.open(place) as registry:
        session = registry.session(actor=f"reader {number}", purpose="custody", site="north")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                found = find_persons(session, f"{rng.randrange(2)}-{rng.randrange(40)}")
                if not found:
                    continue
                get_person(session, found[0].id)
                answer = check(session, found[0].id, people.prints(rng.randrange(PEOPLE)))
                done[f"checks: {answer.outcome.value}"] += 1
            except FingerprintEngineError as error:
                errors.append(f"{type(error).__name__}: {error}")
    answers.put({"done": done, "errors": errors, "numbers": []})


def _verdict(place: str, found: list[dict[str, Any]]) -> str:
    with Registry.open(place) as registry:
        session = registry.session(actor="checker", purpose="admission")
        lost = [n for one in found for n in one["numbers"] if len(find_persons(session, n)) != 1]
        with registry.database.reading() as connection:
            numbers = list(connection.execute(sa.select(feed.c.number).order_by(feed.c.number)).scalars())
            files = connection.execute(sa.select(sa.func.count()).select_from(persons)).scalar_one()
        report = registry.verify_audit()
        in_order = numbers == list(range(1, len(numbers) + 1))
    if lost or not in_order or not report.is_whole or files > PEOPLE:
        raise RuntimeError(f"lost {len(lost)}, feed in order {in_order}, {files} files of {PEOPLE}, {report.problem}")
    return (
        f"  nothing lost; {files} files of {PEOPLE} people; feed of {len(numbers)} changes complete and in order; "
        f"audit trail of {report.entries} entries whole"
    )


@contextlib.contextmanager
def _database(place: str | None) -> Iterator[str]:
    if place is not None:
        yield place
        return
    from tests.unit.records.postgres_server import postgres_server

    with postgres_server("") as (_, url):
        yield url.format("postgres")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records.concurrency", description=__doc__)
    parser.add_argument("--seconds", type=AMOUNT, default=300.0)
    parser.add_argument("--readers", type=AT_LEAST_0, default=8)
    parser.add_argument("--writers", type=AT_LEAST_0, default=2)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database")
    return parser


if __name__ == "__main__":
    main()
