"""A large gallery on disk: enrolment rate, bytes per finger, time to open, resident memory, removal and compaction.

Non-mated prints of the point population are enrolled under keys of their own; with ``--distinct`` fewer than
``--prints`` each template is enrolled several times, which makes no difference to storage. Many millions are enrolled
in several runs, each with ``--begin`` where the last one ended and ``--keep``, and compacted after ``--every`` so many
prints, so that the disk never holds much twice.

Run ``python -m benchmarks.search.gallery_storage --help``.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.search.point_population import point_population
from fingerprint_engine.index import Gallery, PrintDetails, check_gallery
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.template import Template

READER = """
import json, resource, sys, time
from fingerprint_engine.index import Gallery
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.template import Template

def resident():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status") if line.startswith("Rss"))
    return {name: int(value.split()[0]) / 1024 for name, value in fields.items()}

before = resident()
wall, cpu = time.perf_counter(), time.process_time()
ring = KeyRing.from_text(sys.argv[2]) if sys.argv[2] else None
gallery = Gallery.open(sys.argv[1], read_only=True, keys=ring)
answer = {"prints": len(gallery), "open_wall_s": time.perf_counter() - wall, "open_cpu_s": time.process_time() - cpu}
answer["opened_mib"] = resident()
keys = sys.argv[3:]
probes = [gallery.get(key) for key in keys]
gallery.identify(probes[0], workers=2)
walls, cpus = [], []
for probe, key in zip(probes, keys):
    wall, cpu = time.perf_counter(), time.process_time()
    found = gallery.identify(probe, workers=2)
    walls.append(time.perf_counter() - wall); cpus.append(time.process_time() - cpu)
    assert found.candidates, found.outcome
answer["identify_wall_ms"] = 1e3 * sorted(walls)[len(walls) // 2]
answer["identify_cpu_ms"] = 1e3 * sorted(cpus)[len(cpus) // 2]
answer["searched_mib"] = resident()
answer["before_mib"] = before
print(json.dumps(answer))
"""


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    folder: Path = options.folder
    if folder.exists() and not options.begin:
        shutil.rmtree(folder)
    templates: list[bytes | Template] = list(templates_of(min(options.distinct, options.prints)))
    if options.enrolled == "templates":
        templates = [Template.from_bytes(one) for one in templates if isinstance(one, bytes)]
    lines = [f"gallery storage, {options.prints} prints; code {source_digest()}", machine_name(), ""]
    found: dict[str, float] = {}
    ring = None if options.protected == "no" else KeyRing.generate(encrypt=options.protected == "encrypted")
    lines[0] += f", protected: {options.protected}"
    with Gallery.open(folder, keys=ring) as gallery:
        gallery.enrol("warm up", templates[0])
        gallery.remove("warm up")
        for begin in range(options.begin, options.prints, options.every):
            end = min(begin + options.every, options.prints)
            with measured(found, "enrol"):
                gallery.enrol_many(entries(templates, begin, end))
            with measured(found, "compact"):
                gallery.compact()
        enrolled = options.prints - options.begin
        found["enrolled per second, wall"] = enrolled / found["enrol, wall s"]
        found["enrolled per second of processor time"] = enrolled / found["enrol, processor s"]
        found["bytes per finger"] = size_of(folder) / len(gallery)
        found["largest memory of the writer, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if options.until == "enrolment":
        report(options, lines, found)
        return
    keys = [name_of(number) for number in range(7, options.prints, max(1, options.prints // 20))]
    answer = json.loads(
        subprocess.check_output(
            [sys.executable, "-c", READER, str(folder), "" if ring is None else ring.as_text(), *keys], text=True
        )
    )
    for name in ("open_wall_s", "open_cpu_s", "identify_wall_ms", "identify_cpu_ms"):
        found["reader: " + name] = answer[name]
    for state in ("before_mib", "opened_mib", "searched_mib"):
        for part, value in answer[state].items():
            found[f"reader: {state[:-4]}, {part} MiB"] = value
    if options.until == "search":
        report(options, lines, found)
        return
    removed = [name_of(number) for number in range(0, options.prints, 2)]
    with measured(found, "open for writing"):
        gallery = Gallery.open(folder, keys=ring)
    with gallery:
        with measured(found, "remove every second print"):
            gallery.remove_many(removed)
        with measured(found, "compact after that"):
            gallery.compact()
        found["bytes per finger after that"] = size_of(folder) / max(1, len(gallery))
    with measured(found, "verify"):
        sound = check_gallery(folder, keys=ring).is_sound
    found["sound"] = float(sound)
    report(options, lines, found)


def report(options: argparse.Namespace, lines: list[str], found: dict[str, float]) -> None:
    """Print and keep what was found, and clean up."""
    lines += [f"  {name:<58}{value:14.2f}" for name, value in found.items()]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "gallery_storage.json").write_text(json.dumps(found, indent=1) + "\n")
    if not options.keep:
        shutil.rmtree(options.folder)


class measured:  # noqa: N801 - reads as a sentence
    """Wall and processor seconds of a block, added to those in a table."""

    def __init__(self, table: dict[str, float], name: str) -> None:
        self._table, self._name = table, name

    def __enter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        for kind, seconds in (
            ("wall", time.perf_counter() - self._wall),
            ("processor", time.process_time() - self._cpu),
        ):
            name = f"{self._name}, {kind} s"
            self._table[name] = self._table.get(name, 0.0) + seconds


def name_of(number: int) -> str:
    """The key of a print."""
    return f"P-{number:07d}/{number % 10}"


def entries(
    templates: list[bytes | Template], begin: int, end: int
) -> Iterator[tuple[str, bytes | Template, PrintDetails]]:
    """What is enrolled under some numbers: ten prints of each subject."""
    for number in range(begin, end):
        details = PrintDetails(f"P-{number // 10:07d}", "remand", "north")
        yield name_of(number), templates[number % len(templates)], details


def templates_of(prints: int) -> Iterator[bytes]:
    """Native templates of the first point prints."""
    for part in point_population(prints):
        for row in range(len(part.offset) - 1):
            yield part.data[part.offset[row] : part.offset[row + 1]].tobytes()


def size_of(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.gallery_storage", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=100_000, help="prints to enrol (default 100000)")
    parser.add_argument(
        "--distinct", type=AT_LEAST_1, default=100_000, help="different templates among them (default 100000)"
    )
    parser.add_argument("--begin", type=AT_LEAST_0, default=0, help="so many are in the folder already, which goes on")
    parser.add_argument(
        "--every", type=AT_LEAST_1, default=1_000_000, help="compact after so many prints (default 1000000)"
    )
    text = "with keys that are made for it (default no)"
    parser.add_argument("--protected", choices=("no", "encrypted", "authenticated"), default="no", help=text)
    text = "what is enrolled: native bytes, which are checked in full, or templates (default bytes)"
    parser.add_argument("--enrolled", choices=("bytes", "templates"), default="bytes", help=text)
    text = "end after enrolment, after searches, or after removal, compaction and the check of all files (default)"
    parser.add_argument("--until", choices=("enrolment", "search", "check"), default="check", help=text)
    parser.add_argument("--folder", type=Path, default=RESULTS / "storage.gallery", help="where; replaced")
    parser.add_argument("--keep", action="store_true", help="leave the gallery there")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
