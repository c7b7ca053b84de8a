"""How fast a registry of 100,000 people is: import, admission, checks, roll-call, audit; on either database.

Run ``python -m benchmarks.records.speed --help``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records import (
    CaptureState,
    CardCapture,
    Claim,
    NewPerson,
    PresenceState,
    Registry,
    admit,
    check,
    import_people,
    roll_call,
)
from fingerprint_engine.synthesis import PointPeople
from fingerprint_engine.template import Template

FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
UNIT = 500


def main(arguments: list[str] | None = None) -> None:
    """Make the people, import them, measure."""
    options = _parser().parse_args(arguments)
    print(f"registry of {options.people:,} people x 2 fingers; code {source_digest()}")
    print(machine_name())
    people = PointPeople(11)
    templates = _population(people, options.people, options.folder)
    shutil.rmtree(options.folder / "registry", ignore_errors=True)
    (options.folder / "registry").mkdir(parents=True)
    place = options.database or options.folder / "registry" / "registry.db"
    with Registry.create(place, galleries=options.folder / "registry" / "galleries") as registry:
        session = registry.session(actor="benchmark", purpose="admission", site="north")
        reading = [0.0, 0.0]
        clock = _Clock()
        found = import_people(session, _new_people(templates, options.people, reading))
        clock.tell("import without search", options.people, "people", less=reading)
        clock = _Clock()
        registry.catch_up()
        clock.tell("gallery from the feed", 2 * options.people, "prints")
        admission = _times(lambda n: admit(session, people.prints(10**9 + n), category="remand"), options.admissions)
        _tell("admission of somebody new", admission)
        known = _times(lambda n: admit(session, _impression(people, n), category="remand", unit="A"), 20)
        _tell("admission of somebody known", known)
        custody = registry.session(actor="benchmark", purpose="custody", site="north")
        rng = np.random.default_rng(1)
        chosen = rng.integers(0, options.people, options.checks)
        probes = [_impression(people, int(n)) for n in chosen]
        checks = _times(lambda n: check(custody, str(found.persons[int(chosen[n])]), probes[n]), options.checks)
        _tell("check 1:1, two fingers", checks)
        first = max(0, options.people - UNIT)
        for name, is_stated, has_card in (
            ("with cards, finger stated", True, True),
            ("with cards, any finger", False, True),
            ("without cards, any finger", False, False),
        ):
            _roll_call(name, people, custody, found.persons, first, is_stated=is_stated, has_card=has_card)
        clock = _Clock()
        report = registry.verify_audit()
        clock.tell("audit verification", report.entries, f"entries ({report.problem or 'whole'})")


def _roll_call(
    name: str,
    people: PointPeople,
    session: object,
    files: tuple[str | None, ...],
    first: int,
    *,
    is_stated: bool,
    has_card: bool,
) -> None:
    """A unit in which one is missing, ten exchanged cards, one is of another unit, and two are nobody's.

    These three show two fingers, everybody else one.
    """
    numbers = list(range(first, min(first + UNIT, len(files))))
    shown = numbers[1:]
    cards = [str(files[number]) for number in shown]
    for place in range(0, 10, 2):
        cards[place], cards[place + 1] = cards[place + 1], cards[place]
    taken = []
    for place, number in enumerate(shown):
        finger = FINGERS[number % 2]
        template = _impression(people, number)[FINGERS.index(finger)]
        probe = template if is_stated else _unstated(template)
        taken.append(CardCapture([probe], cards[place] if has_card else None))
    for number in (0, 10**9 + 1, 10**9 + 2):
        both = _impression(people, number)
        taken.append(CardCapture(both if is_stated else [_unstated(one) for one in both]))
    clock = _Clock()
    found = roll_call(session, taken, roster=[str(files[number]) for number in numbers])  # type: ignore[arg-type]
    wall, cpu = clock.passed()
    counts = {state.value: len(found.of_state(state)) for state in PresenceState}
    counts["from outside"] = sum(one.state is CaptureState.EXTRA for one in found.captures)
    print(f"roll-call of {len(numbers)}, {name:<26}{wall:8.2f} s, {cpu:.2f} s of CPU  {counts}", flush=True)


class _Clock:
    """Seconds of the wall and of this process's threads: on a machine with other load only the second says much."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def passed(self) -> tuple[float, float]:
        """Since it was made."""
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]

    def tell(self, name: str, count: int, what: str, less: list[float] | None = None) -> None:
        """Print a rate."""
        wall, cpu = (one - other for one, other in zip(self.passed(), less or (0.0, 0.0), strict=True))
        print(f"{name:<28}{count / wall:10,.0f} {what} a second, {count / cpu:10,.0f} of CPU", flush=True)


def _unstated(template: Template) -> Template:
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return Template(**{**fields, "finger": Finger.UNKNOWN})


def _impression(people: PointPeople, number: int) -> list[Template]:
    return [people.template(number, finger, 1 + number % 7) for finger in FINGERS]


def _times(call: Callable[[int], object], count: int) -> np.ndarray:
    call(0)
    found = []
    for number in range(1, count):
        clock = _Clock()
        call(number)
        found.append(clock.passed())
    return np.array(found) * 1e3


def _tell(name: str, times_ms: np.ndarray) -> None:
    wall, cpu = times_ms.T
    late = np.quantile(wall, 0.95)
    print(
        f"{name:<28}{np.median(wall):8.1f} ms median {late:8.1f} ms p95 {np.median(cpu):8.1f} ms of CPU, all threads",
        flush=True,
    )


def _population(people: PointPeople, count: int, folder: Path) -> list[bytes]:
    """Templates of everybody, kept between runs."""
    folder.mkdir(parents=True, exist_ok=True)
    data, index = folder / f"people-{count}.bin", folder / f"people-{count}.json"
    if not index.is_file():
        made = [people.template(n, finger, 0).to_bytes() for n in range(count) for finger in FINGERS]
        data.write_bytes(b"".join(made))
        index.write_text(json.dumps([len(one) for one in made]))
    sizes, blob, at, found = json.loads(index.read_text()), data.read_bytes(), 0, []
    for size in sizes:
        found.append(blob[at : at + size])
        at += size
    return found


def _new_people(templates: list[bytes], count: int, reading: list[float]) -> Iterator[NewPerson]:
    """People of an old register; what reading their templates took is added up, it is not part of an import."""
    for number in range(count):
        clock = _Clock()
        prints = [Template.from_bytes(one) for one in templates[2 * number : 2 * number + 2]]
        for place, seconds in enumerate(clock.passed()):
            reading[place] += seconds
        claims = [Claim("custody number", f"N-{number}", "north"), Claim("name", f"Nadie {number}")]
        yield NewPerson(prints, "remand", claims, site="north", unit="A" if number % 50 == 0 else "B")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records.speed", description=__doc__)
    parser.add_argument("--people", type=AT_LEAST_1, default=100_000)
    parser.add_argument("--admissions", type=AT_LEAST_0, default=40)
    parser.add_argument("--checks", type=AT_LEAST_0, default=200)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite without it")
    parser.add_argument(
        "--folder", type=Path, default=RESULTS / "records-speed", help="where; its registry is replaced"
    )
    return parser


if __name__ == "__main__":
    main()
