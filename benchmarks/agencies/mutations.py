"""Thousands of altered bundles, records and files of keys: refused by name, or read; nothing else, and not at any cost.

A bundle is altered as it lies in the post, where every alteration has to be refused, and its records are altered before
they are signed and sealed, as a hostile sender would.

    python -m benchmarks.agencies.mutations --count 1000
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.agencies.bundle_files import NOW, Post, records
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.exchange.mutations import LIMIT_MB, LIMIT_S, attack, memory_mb, mutations
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from fingerprint_engine.errors import InvalidEvidence, MalformedRecord
from fingerprint_engine.exchange.agencies import RECORDS_OF, AgencyCard, Directory, OwnKeys, check_bundle
from fingerprint_engine.matching import check_evidence, evidence_from_document, evidence_of
from fingerprint_engine.synthesis import PointPeople
from fingerprint_engine.text.bounded_json import parse

SEED = 20260302
Reader = Callable[[bytes], object]


def subjects(folder: Path) -> Iterator[tuple[str, bytes, Reader, bool]]:
    """Name of a kind of file, its bytes, what reads it, and whether an altered one must never be read."""
    post = Post(folder)
    altered = folder / "altered.bundle"

    def read_bundle(data: bytes) -> None:
        altered.write_bytes(data)
        bundle = check_bundle(altered, post.directory, at=NOW, receiver="quito")
        for _, content in bundle.records(post.quito):
            RECORDS_OF[bundle.head.kind].from_bytes(content)

    for kind, content in records().items():
        yield f"bundle: {kind.value}", post.write(kind, content).read_bytes(), read_bundle, True
        yield f"record: {kind.value}", content[0], RECORDS_OF[kind].from_bytes, False
    mates = PointPeople(2)
    for partial in (False, True):
        evidence = evidence_of(mates.prints(1)[0], mates.prints(1)[0], partial=partial)
        name = f"evidence: {evidence.kind}"
        yield name, json.dumps(evidence.as_document()).encode(), _check_evidence, False
    yield "keys", post.lima.to_bytes(), OwnKeys.from_bytes, False
    yield "card", post.lima.card.to_bytes(), AgencyCard.from_bytes, False
    yield "directory", post.directory.to_bytes(), Directory.from_bytes, False


def _check_evidence(data: bytes) -> object:
    return check_evidence(evidence_from_document(parse(data, "evidence", InvalidEvidence)))


def typed(reader: Reader) -> Reader:
    """A reader whose refusals are all errors of exchange."""

    def read(data: bytes) -> object:
        try:
            return reader(data)
        except InvalidEvidence as error:
            raise MalformedRecord(str(error)) from None

    return read


def main(arguments: list[str] | None = None) -> int:
    """Alter and read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agencies.mutations", description=__doc__)
    parser.add_argument("--count", type=AT_LEAST_1, default=1000, help="alterations of each file")
    options = parser.parse_args(arguments)
    lines = [f"code {source_digest()}, {machine_name()}", f"{options.count} alterations of each file", ""]
    lines.append(f"{'file':<24}{'bytes':>8}{'refused':>9}{'read':>7}{'faults':>8}{'slowest s':>11}{'+MB':>7}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, data, reader, must_refuse) in enumerate(subjects(Path(folder))):
            outcomes: Counter[str] = Counter()
            slowest, before = 0.0, memory_mb()
            attack(typed(reader), data)  # fills caches
            for altered in mutations(data, options.count, np.random.default_rng([SEED, number])):
                outcome, seconds = attack(typed(reader), altered)
                is_missed = must_refuse and outcome == "read" and altered != data
                outcomes["altered and read" if is_missed else outcome] += 1
                slowest = max(slowest, seconds)
            faults = {outcome: n for outcome, n in outcomes.items() if outcome not in ("read", "refused")}
            grown = memory_mb() - before
            lines.append(
                f"{name:<24}{len(data):>8}{outcomes['refused']:>9}{outcomes['read']:>7}"
                f"{sum(faults.values()):>8}{slowest:>11.3f}{grown:>7.0f}"
            )
            lines += [f"    {n} x {fault}" for fault, n in sorted(faults.items())]
            failed |= bool(faults) or slowest > LIMIT_S or grown > LIMIT_MB
    lines.append("\nwithin the limits" if not failed else "\nNOT within the limits")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "agencies_mutations.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
