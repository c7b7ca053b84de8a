"""Two agencies as two processes, a database each: a thousand people asked, answered, confirmed and told, killed or not.

Lima has a prison's list in SQLite and asks; Quito answers from SQLite or PostgreSQL (``--postgres``). One in ten of
Lima's people is on file in Quito under another number. First nothing is disturbed, and each stage is timed. Then
``kill -9`` meets one of the two at random moments, and each is started again: at the end every question must have been
answered once, every answer heard once, every identity told once and of the right person, both logs must agree bundle by
bundle, and both audit trails be whole.

    python -m benchmarks.agencies.two_agencies --people 1000 --kills 100 --postgres
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from benchmarks.agencies.agency import BUNDLE, KNOWN_EVERY, Agency, ask_all, people_of
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from fingerprint_engine.cli.commands.agencies.post_office import send_open
from fingerprint_engine.exchange.agencies import check_bundle
from fingerprint_engine.records import Registry
from fingerprint_engine.records.storage.schema import answers, bundles, requests
from fingerprint_engine.synthesis import PointPeople

SHORTEST_S, LONGEST_S = 0.02, 1.2
GIVE_UP_S = 1500.0


def main(arguments: list[str] | None = None) -> int:
    """Exchange undisturbed, then killed."""
    options = _parser().parse_args(arguments)
    lines = [f"code {source_digest()}, {machine_name()}"]
    database = "PostgreSQL" if options.postgres else "SQLite"
    lines.append(f"{options.people} people of Lima's (SQLite), {options.people} of Quito's ({database})")
    with tempfile.TemporaryDirectory() as folder, _places(options.postgres) as new_place:
        root = Path(folder)
        exchange(root / "warm", new_place(root, "warm"), 20, options.seed)  # compiles what is not compiled
        lines += exchange(root / "timed", new_place(root, "timed"), options.people, options.seed)
        if options.kills:
            lines += run_killed(root / "killed", new_place(root, "killed"), options.people, options.kills, options.seed)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "two_agencies.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


def exchange(folder: Path, place: str | Path, people: int, seed: int) -> list[str]:
    """The whole way in one process, timed stage by stage."""
    lima, quito = _found(folder, place, people, seed)
    times: dict[str, float] = {}

    @contextlib.contextmanager
    def timed(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        times[name] = times.get(name, 0.0) + time.perf_counter() - start

    with lima.opened() as asker, quito.opened() as other:
        with timed("asked: decided, sealed, written"):
            ask_all(asker, people)
            send_open(asker, lima.office)
        paths = sorted(lima.outbox.glob("*.bundle"))
        size = sum(path.stat().st_size for path in paths)
        with timed("checked with public keys alone"):
            for path in paths:
                check_bundle(path, lima.directory, at=asker.now)
        with timed("answered: checked, searched, sealed, written"):
            quito.take_all(other, lima.outbox)
        with timed("heard: checked, opened, noted"):
            lima.take_all(asker, quito.outbox)
        with timed("confirmed on both sides, identities told"):
            near = lima.settle(asker, quito.outbox)
            quito.settle(other, lima.outbox)
            lima.take_all(asker, quito.outbox)
    problems = _compare(lima, quito, people)
    if problems:
        raise RuntimeError("; ".join(problems[:10]))
    lines = ["", f"undisturbed: {len(paths)} bundles of {size / len(paths) / 2**20:.2f} MB, {near} near"]
    for name, seconds in times.items():
        lines.append(f"  {name:<46}{seconds:8.2f} s{people / seconds:10.0f} people a second")
    whole = sum(times.values())
    lines.append(f"  {'end to end':<46}{whole:8.2f} s{people / whole:10.0f} people a second")
    return lines


def run_killed(folder: Path, place: str | Path, people: int, kills: int, seed: int) -> list[str]:
    """Two processes that are killed again and again.

    Raises
    ------
    RuntimeError
        When anything is lost, done twice, or not as the other side has it.
    """
    lima, quito = _found(folder, place, people, seed)
    rng = random.Random(seed)
    children = {name: _start(name, lima, quito, people) for name in ("lima", "quito")}
    killed: Counter[str] = Counter()
    begun = time.monotonic()
    while time.monotonic() - begun < GIVE_UP_S:
        time.sleep(rng.uniform(SHORTEST_S, LONGEST_S))
        if sum(killed.values()) >= kills:
            if not lima.is_stopping:
                lima.stop()
            if _has_ended(children["lima"]):
                break
            continue
        name = rng.choice(("lima", "quito"))
        os.kill(children[name], signal.SIGKILL)
        os.waitpid(children[name], 0)
        killed[name] += 1
        children[name] = _start(name, lima, quito, people)
    else:
        raise RuntimeError(f"not done after {GIVE_UP_S:.0f} s")
    os.kill(children["quito"], signal.SIGKILL)
    os.waitpid(children["quito"], 0)
    problems = _compare(lima, quito, people)
    with lima.opened() as session:
        asked = session.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(requests)).scalar_one())
    if problems:
        raise RuntimeError("; ".join(problems[:10]))
    who = ", ".join(f"{name} {count} times" for name, count in sorted(killed.items()))
    return [
        "",
        f"killed: {who} in {time.monotonic() - begun:.0f} s; {asked} questions in bundles of {BUNDLE}",
        "  every question answered once, every answer heard once, every identity told once and of the right person;",
        "  both logs agree bundle by bundle, both audit trails are whole",
    ]


def _found(folder: Path, place: str | Path, people: int, seed: int) -> tuple[Agency, Agency]:
    """Both agencies with their people."""
    folder.mkdir(parents=True)
    crowd = PointPeople(seed)
    lima = Agency("lima", folder / "lima.db", folder / "lima")
    quito = Agency("quito", place, folder / "quito")
    lima.found(quito, people_of(crowd, "lima", people))
    quito.found(lima, people_of(crowd, "quito", people))
    return lima, quito


def _start(name: str, lima: Agency, quito: Agency, people: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        if name == "lima":
            lima.work(quito.outbox, people)
        else:
            quito.work(lima.outbox, 0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _has_ended(child: int) -> bool:
    done, status = os.waitpid(child, os.WNOHANG)
    if done and status:
        raise RuntimeError(f"a process ended with {status}")
    return bool(done)


def _compare(lima: Agency, quito: Agency, people: int) -> list[str]:
    """What is not as it must be."""
    with lima.opened() as session:
        asked = session.read(lambda c: c.execute(sa.select(requests)).fetchall())
        sent = session.read(lambda c: {(b.bundle, b.direction, b.digest) for b in c.execute(sa.select(bundles))})
        numbers = lima.numbers(session)
    with quito.opened() as session:
        given = session.read(lambda c: c.execute(sa.select(answers)).fetchall())
        taken = session.read(lambda c: {(b.bundle, b.direction, b.digest) for b in c.execute(sa.select(bundles))})
    wrong = []
    by_reference = Counter(row.their_reference for row in given)
    if set(by_reference) != {row.reference for row in asked} or set(by_reference.values()) != {1}:
        wrong.append(f"{len(asked)} questions, {len(given)} answers to {len(by_reference)} of them")
    told = {(row.their_reference, row.id, row.outcome) for row in given}
    if told != {(row.reference, row.answer, row.outcome) for row in asked}:
        wrong.append("answers were not heard as they were given")
    if {(one, "in" if way == "out" else "out", digest) for one, way, digest in sent} != taken:
        wrong.append("the logs of bundles differ")
    for row in asked:
        place = numbers[row.person_id]
        expected = f"Q{place}" if place % KNOWN_EVERY == 0 else ""
        if (expected and expected not in row.core_data) or (not expected and row.outcome == "hit"):
            wrong.append(f"person {place}: outcome {row.outcome}, core data {bool(row.core_data)}")
    if len({row.person_id for row in asked}) != people:
        wrong.append("not everybody was asked about")
    for one in (lima, quito):
        with Registry.open(one.place, galleries=one.folder / "galleries") as registry:
            if not registry.verify_audit().is_whole:
                wrong.append(f"{one.name}: the audit trail is broken")
    return wrong


@contextlib.contextmanager
def _places(postgres: bool) -> Iterator:
    """Gives a new place for Quito's registry."""
    if not postgres:
        yield lambda root, name: root / f"quito-{name}.db"
        return
    from tests.unit.records.postgres_server import postgres_server

    with postgres_server() as server:
        admin = sa.create_engine(server[1].format("postgres"), isolation_level="AUTOCOMMIT")

        def new_place(_root: Path, name: str) -> str:
            with admin.connect() as connection:
                connection.execute(sa.text(f"CREATE DATABASE quito_{name}"))
            admin.dispose()
            return server[1].format(f"quito_{name}")

        yield new_place


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agencies.two_agencies", description=__doc__)
    parser.add_argument("--people", type=AT_LEAST_1, default=1000)
    parser.add_argument("--kills", type=AT_LEAST_0, default=100, help="0: timed alone")
    parser.add_argument("--seed", type=AT_LEAST_0, default=20260302)
    parser.add_argument(
        "--postgres", action="store_true", help="Quito's registry in PostgreSQL, of the development tools"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
