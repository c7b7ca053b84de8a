"""Attacks on a gallery with keys, with an editor of bytes alone: flipped bits, moved pieces, kills while keys change.

Files are altered without any code of the engine. An altered gallery must be refused by name when it is opened, when the
print is read, or by the check of all files; what does open must hold exactly what was enrolled. A gallery whose keys
are changed by a process that is killed must open with the old keys or with the new ones, and hold all of it.

    python -m benchmarks.search.protection --flips 2000 --pieces 500 --kills 200
"""

from __future__ import annotations

import argparse
import functools
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.killed_work import kill_during
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0
from fingerprint_engine.errors import FingerprintEngineError, GalleryError, TemplateError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, check_gallery
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.keys.errors import WrongKey
from fingerprint_engine.synthesis import PointPeople

PRINTS, PIECE_SIZES = 24, (1, 16, 64, 512, 4096)
LONGEST_S = 0.15
_UNREAD = ("manifest.copy", "lock")
"""Read only to repair and to write: an altered one changes nothing that a search sees."""


def main(arguments: list[str] | None = None) -> int:
    """Try all of it; the exit code says whether a fault was found."""
    options = _parser().parse_args(arguments)
    rng = random.Random(options.seed)
    lines = [f"protection, seed {options.seed}; code {source_digest()}", machine_name(), ""]
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        for encrypt in (True, False):
            attack = Attack(Path(place) / str(encrypt), KeyRing.generate(encrypt=encrypt), rng)
            name = "encrypted" if encrypt else "authenticated only"
            for what, count, alter in (
                ("flipped bits", options.flips, attack.flip),
                ("exchanged, dropped, repeated or older pieces", options.pieces, attack.move),
            ):
                found = Counter(attack.tried(alter) for _ in range(count))
                faults += sum(number for verdict, number in found.items() if verdict.startswith("FAULT"))
                told = ", ".join(f"{verdict}: {number}" for verdict, number in found.most_common())
                lines.append(f"{name}, {count} {what}: {told}")
        if options.kills:
            told = kill_rotations(Path(place) / "rotated", options.kills, rng)
            lines.append(f"{options.kills} kills while keys changed: {told}")
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "protection.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if faults else 0


class Attack:
    """A gallery, an older state of it, another gallery under the same keys, and what is tried on them."""

    def __init__(self, folder: Path, ring: KeyRing, rng: random.Random) -> None:
        self.folder, self.ring, self.rng = folder, ring, rng
        people = PointPeople(rng.randrange(1 << 30))
        self.held = _fill(folder / "sound", ring, people, 0, folder / "older")
        _fill(folder / "other", ring, people, 500, None)
        self.names = sorted(path.name for path in (folder / "sound").iterdir() if path.stat().st_size)

    def flip(self, path: Path) -> bytes:
        """One bit, anywhere in a file."""
        data = bytearray(path.read_bytes())
        data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
        return bytes(data)

    def move(self, path: Path) -> bytes:
        """A piece that is dropped, repeated, exchanged with another, or of the older state or another gallery."""
        data = path.read_bytes()
        size = min(self.rng.choice(PIECE_SIZES), max(1, len(data) // 2))
        one, two = (self.rng.randrange(max(1, len(data) - size)) for _ in range(2))
        how = self.rng.randrange(5)
        if how == 0:
            return data[:one] + data[one + size :]
        if how == 1:
            return data[: one + size] + data[one : one + size] + data[one + size :]
        if how == 2:
            first, second = min(one, two), max(one, two)
            if second < first + size:
                return data[:first]
            middle = data[first + size : second]
            return (
                data[:first]
                + data[second : second + size]
                + middle
                + data[first : first + size]
                + data[second + size :]
            )
        source = self.folder / ("older" if how == 3 else "other") / path.name
        foreign = source.read_bytes() if source.exists() else b""
        if self.rng.random() < 0.3:
            return foreign
        return data[:one] + foreign[one : one + size] + data[one + size :]

    def tried(self, alter: Callable[[Path], bytes]) -> str:
        """What came of one alteration."""
        tried = self.folder / "tried"
        if tried.exists():
            shutil.rmtree(tried)
        shutil.copytree(self.folder / "sound", tried)
        path = tried / self.rng.choice(self.names)
        altered = alter(path)
        while altered == path.read_bytes():  # a piece exchanged with its like
            path = tried / self.rng.choice(self.names)
            altered = alter(path)
        path.write_bytes(altered)
        try:
            with Gallery.open(tried, read_only=True, keys=self.ring) as gallery:
                if list(gallery) != list(self.held):
                    return f"FAULT: other prints count ({path.name})"
                for key, template in self.held.items():
                    if gallery.get(key) != template:
                        return f"FAULT: a changed template was read ({path.name})"
        except TemplateError:
            return "refused when the print was read"
        except (GalleryError, WrongKey):
            return "refused when it was opened"
        except FingerprintEngineError as error:
            return f"FAULT: {type(error).__name__}"
        except Exception as error:
            return f"FAULT: {type(error).__name__}: {error}"
        try:
            if not check_gallery(tried, keys=self.ring).is_sound:
                return "named by the check of all files; what was enrolled is read"
        except (GalleryError, WrongKey):
            return "refused by the check of all files"
        if path.suffix == ".head":
            return "an older head, which may lag; all of the log is read"
        return "unread file" if path.name in _UNREAD else f"FAULT: unnoticed ({path.name})"


def _fill(path: Path, ring: KeyRing, people: PointPeople, first: int, older: Path | None) -> dict[str, object]:
    """A gallery with a segment and a log; a copy of it from before."""
    prints = [people.prints(first + number, (Finger.RIGHT_INDEX,))[0] for number in range(PRINTS)]
    with Gallery.open(path, keys=ring) as gallery:
        for number, template in enumerate(prints[: PRINTS // 2]):
            gallery.enrol(f"key {number}", template, subject=f"subject {number}", category="remand")
        gallery.compact()
        for number, template in enumerate(prints[PRINTS // 2 :], PRINTS // 2):
            gallery.enrol(f"key {number}", template)
            if older is not None and number == 3 * PRINTS // 4:
                shutil.copytree(path, older)
        return dict(gallery.items())


def kill_rotations(path: Path, kills: int, rng: random.Random) -> str:
    """Change keys again and again in a process that is killed; every time old or new keys open all of it."""
    rings = [KeyRing.generate()]
    held = _fill(path, rings[0], PointPeople(7), 0, None)
    opened: Counter[str] = Counter()
    for _ in range(kills):
        following = rings[-1].rotated()
        kill_during(functools.partial(_rotate, path, rings[-1], following), rng.uniform(0.0, LONGEST_S))
        is_new = True
        try:
            gallery = Gallery.open(path, keys=following.without(rings[-1].key_id))
        except WrongKey:
            is_new = False
            gallery = Gallery.open(path, keys=rings[-1])
        with gallery:
            if dict(gallery.items()) != held:
                raise RuntimeError("a print was lost or altered")
        if not check_gallery(path, keys=following).is_sound:
            raise RuntimeError("the gallery is not sound")
        opened["new" if is_new else "old"] += 1
        rings = [following.without(rings[-1].key_id)] if is_new else rings
    return ", ".join(f"{name} keys {count}" for name, count in sorted(opened.items())) + "; nothing lost"


def _rotate(path: Path, before: KeyRing, following: KeyRing) -> None:
    with Gallery.open(path, keys=before) as gallery:
        gallery.change_keys(following)
        gallery.compact(reencrypt=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.protection", description=__doc__)
    parser.add_argument("--flips", type=AT_LEAST_0, default=2000, help="flipped bits, for each mode (default 2000)")
    parser.add_argument("--pieces", type=AT_LEAST_0, default=500, help="moved pieces, for each mode (default 500)")
    parser.add_argument("--kills", type=AT_LEAST_0, default=200, help="kills while keys change (default 200)")
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
