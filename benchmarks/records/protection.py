"""Attacks on the database of a registry with keys, with SQL alone: altered and exchanged values, kills.

Values are altered by the driver of the database, without any code of the engine. Every altered or exchanged value must
be named by `check_sealed`, and what is read must be what was recorded. A registry whose keys are changed by a process
that is killed must open with the old keys or with the new ones, and hold all of it.

    python -m benchmarks.records.protection --flips 2000 --pieces 500 --kills 200
"""

from __future__ import annotations

import argparse
import functools
import random
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.killed_work import kill_during
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0
from fingerprint_engine.fingers import Finger
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey
from fingerprint_engine.records import (
    Capture,
    Claim,
    Registry,
    admit,
    change_registry_keys,
    check_sealed,
    find_persons,
    get_person,
)
from fingerprint_engine.synthesis import PointPeople

PEOPLE = 8
SEALED = (
    ("prints", "id", "template"),
    ("images", "print_id", "content"),
    ("identifiers", "id", "sealed"),
    ("identifiers", "id", "value"),
)


def main(arguments: list[str] | None = None) -> int:
    """Try all of it; the exit code says whether a fault was found."""
    options = _parser().parse_args(arguments)
    rng = random.Random(options.seed)
    lines = [f"protection of a registry, seed {options.seed}; code {source_digest()}", machine_name(), ""]
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        attack = Attack(Path(place), rng)
        for what, count, is_flip in (("flipped bits", options.flips, True), ("exchanged", options.pieces, False)):
            found = Counter(attack.tried(is_flip) for _ in range(count))
            faults += sum(number for verdict, number in found.items() if verdict.startswith("FAULT"))
            told = ", ".join(f"{verdict}: {number}" for verdict, number in found.most_common())
            lines.append(f"{count} values, {what}: {told}")
        if options.kills:
            lines.append(f"{options.kills} kills while keys changed: {kill_rotations(attack, options.kills, rng)}")
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "registry_protection.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if faults else 0


class Attack:
    """A registry, and what is tried on its values."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder, self.rng, self.ring = folder, rng, KeyRing.generate()
        self.sound, self.names = folder / "sound.db", {}
        people = PointPeople(rng.randrange(1 << 30))
        with Registry.create(self.sound, keys=self.ring) as registry:
            for number in range(PEOPLE):
                with registry.session(actor="officer", purpose="admission") as session:
                    taken = [Capture(one, image=rng.randbytes(2000)) for one in people.prints(number, (Finger(2),))]
                    claims = [Claim("name", f"Inventado {number}"), Claim("custody number", str(number), "north")]
                    made = admit(session, taken, category="remand", identifiers=claims)
                    self.names[made.person.id] = f"Inventado {number}"

    def tried(self, is_flip: bool) -> str:
        """What came of one alteration."""
        path = self.folder / "tried.db"
        shutil.copyfile(self.sound, path)
        values = list(self._values(path))
        (table, key, column, row), value = self.rng.choice(values)
        altered = self._altered(value, is_flip, [other for _, other in values])
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (altered, row))
        except sqlite3.IntegrityError:  # a number of somebody else's
            return "refused by a rule of the schema"
        finally:
            connection.close()
        with Registry.open(path, keys=self.ring) as registry:
            named = check_sealed(registry)
            if not any(row in one and table in one for one in named):
                return f"FAULT: unnoticed ({table}, {column})"
            with registry.session(actor="officer", purpose="admission") as session:
                for person, name in self.names.items():
                    try:
                        if get_person(session, person).names != (name,):
                            return "FAULT: a changed name was read"
                    except NotAuthentic:
                        continue
        return f"named ({table})"

    def _altered(self, value: bytes | str, is_flip: bool, others: list[bytes | str]) -> bytes | str:
        if is_flip:
            data = bytearray(value.encode() if isinstance(value, str) else value)
            data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(7)
            return data.decode("utf-8", "replace") if isinstance(value, str) else bytes(data)
        like = [one for one in others if type(one) is type(value) and one != value]
        taken = self.rng.choice(like)
        how, at = self.rng.randrange(3), self.rng.randrange(1, len(value))
        if how == 0:
            return taken
        return value[:at] if how == 1 else value[:at] + taken[at:]  # type: ignore[operator]

    def _values(self, path: Path) -> list[tuple[tuple[str, str, str, str], bytes | str]]:
        with sqlite3.connect(path) as connection:
            found = [
                ((table, key, column, row[0]), row[1])
                for table, key, column in SEALED
                for row in connection.execute(f"SELECT {key}, {column} FROM {table}")
            ]
        connection.close()
        return found


def kill_rotations(attack: Attack, kills: int, rng: random.Random) -> str:
    """Change keys again and again in a process that is killed; every time old or new keys open all of it."""
    path, ring = attack.folder / "rotated.db", attack.ring
    shutil.copyfile(attack.sound, path)
    opened: Counter[str] = Counter()
    begun = time.perf_counter()
    change_registry_keys(path, ring, ring, actor="admin", reencrypt=True)
    longest_s = 2.5 * (time.perf_counter() - begun)
    for _ in range(kills):
        new = ring.rotated()
        change = functools.partial(change_registry_keys, path, ring, new, actor="admin", reencrypt=rng.random() < 0.8)
        kill_during(change, rng.uniform(0.0, longest_s))
        is_new, alone = True, new.without(ring.key_id)
        try:
            registry = Registry.open(path, keys=alone)
        except WrongKey:
            is_new, registry = False, Registry.open(path, keys=ring)
        with registry, registry.session(actor="officer", purpose="admission") as session:
            if check_sealed(registry) or len(find_persons(session, "0", issuer="north")) != 1:
                raise RuntimeError("a value was lost or altered")
        opened["new" if is_new else "old"] += 1
        ring = alone if is_new else ring
    return ", ".join(f"{name} keys {count}" for name, count in sorted(opened.items())) + "; nothing lost"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records.protection", description=__doc__)
    parser.add_argument("--flips", type=AT_LEAST_0, default=2000, help="values with a flipped bit (default 2000)")
    parser.add_argument("--pieces", type=AT_LEAST_0, default=500, help="exchanged and cut values (default 500)")
    parser.add_argument("--kills", type=AT_LEAST_0, default=200, help="kills while keys change (default 200)")
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
