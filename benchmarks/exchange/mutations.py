"""Do damaged files of the exchange formats give anything but typed errors? Every file, altered at random.

    python -m benchmarks.exchange.mutations --count 1000

An alteration cuts the end off, flips bits, writes over bytes, changes digits (which is where lengths and counts are),
puts in, takes out or swaps separators or elements, writes extreme numbers over two or four bytes, or moves or repeats a
piece; half of the files get a second one on top. All readers of a format must then read the file or raise
`ExchangeError`, within 2 s of processor time and 500 MB of memory. The exit status is 1 where they do not.
"""

from __future__ import annotations

import argparse
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.preprocessing.loading.pillow_codec import PillowCodec
from fingerprint_engine.preprocessing.loading.wsq_codec import WsqCodec

LIMIT_S = 2.0
CODECS = (PillowCodec(), WsqCodec(time_limit_s=LIMIT_S))
LIMIT_MB = 500.0
GIVE_UP_S = 30
SEED = 20260101
SEPARATORS = b"\x1c\x1d\x1e\x1f"
_DIGITS = re.compile(rb"\d+")
_TAGS = re.compile(rb"</?[A-Za-z]")
_HEAD_BYTES = 4096
Reader = Callable[[bytes], object]


def read_any(data: bytes) -> None:
    """The door for all formats, both ways."""
    for strict in (True, False):
        try:
            document = exchange.read(data, strict=strict)
            document.templates(ppi=500.0)
        except ExchangeError:
            if not strict:
                raise


def decode_images(data: bytes) -> None:
    """Pixels of all images in a file, WSQ within a time limit that a loaded machine keeps."""
    exchange.read(data).images(ppi=500.0, codecs=CODECS)


def _strict_and_lenient(data: bytes) -> Iterator[tuple[bool, ansi_nist.Transaction]]:
    """The transaction as both ways of reading give it, with the way; strict reading may refuse, lenient may not."""
    for lenient in (False, True):
        try:
            yield lenient, ansi_nist.loads(data, lenient=lenient)
        except ExchangeError:
            if lenient:
                raise


def read_transaction(data: bytes) -> None:
    """All that can be asked of a transaction, strict and lenient; what is read must be written back to the byte."""
    for lenient, transaction in _strict_and_lenient(data):
        if ansi_nist.dumps(transaction) != data:
            raise AssertionError(f"not written back to the byte, lenient={lenient}")
        ansi_nist.describe(transaction)
        again = ansi_nist.loads(ansi_nist.dumps(ansi_nist.repaired(transaction)), lenient=True)
        ansi_nist.contradictions(again)
        ansi_nist.features_in(transaction)


def read_markup(data: bytes) -> None:
    """All that can be asked of a transaction in XML; what is read must be written so that it reads the same."""
    for lenient, transaction in _strict_and_lenient(data):
        written = ansi_nist.dumps(transaction)
        if ansi_nist.loads(written, lenient=True) != transaction:
            raise AssertionError(f"not read back as it was, lenient={lenient}")
        ansi_nist.describe(transaction)
        ansi_nist.encoded(transaction, "traditional")


READERS: dict[str, Reader] = {"ansi_nist_itl_traditional": read_transaction, "nist_xml": read_markup}
"""Readers of folders that need more than `read_any`."""


def mutations(data: bytes, count: int, rng: np.random.Generator) -> Iterator[bytes]:
    """Altered copies of a file; the same for the same generator."""
    for _ in range(count):
        altered = mutated(data, rng)
        yield mutated(altered, rng) if altered and rng.random() < 0.5 else altered


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """A copy with one alteration."""
    altered = bytearray(data)
    _ALTERATIONS[int(rng.integers(len(_ALTERATIONS)))](altered, rng)
    return bytes(altered)


def _place(altered: bytearray, rng: np.random.Generator) -> int:
    """A place in the file; in the first few kilobytes, where the structure is, every other time."""
    span = min(len(altered), _HEAD_BYTES) if rng.random() < 0.5 else len(altered)
    return int(rng.integers(span)) if span else 0


def _truncate(altered: bytearray, rng: np.random.Generator) -> None:
    del altered[_place(altered, rng) :]


def _flip_bits(altered: bytearray, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(1, 9))):
        altered[_place(altered, rng)] ^= 1 << int(rng.integers(8))


def _write_over(altered: bytearray, rng: np.random.Generator) -> None:
    place = _place(altered, rng)
    noise = rng.integers(0, 256, int(rng.integers(1, 17)), dtype=np.uint8).tobytes()
    altered[place : place + len(noise)] = noise[: len(altered) - place]


def _change_digits(altered: bytearray, rng: np.random.Generator) -> None:
    found = list(_DIGITS.finditer(altered, 0, min(len(altered), _HEAD_BYTES)))
    if not found:
        return
    match = found[int(rng.integers(len(found)))]
    numbers = (b"0", b"1", b"-1", b"4294967295", b"99999999999999999999", b"", b"%d" % int(rng.integers(10**6)))
    number = numbers[int(rng.integers(len(numbers)))]
    if rng.random() < 0.3:
        number = b"%d" % max(0, int(match[0][:9]) + int(rng.integers(-3, 4)))
    altered[match.start() : match.end()] = number


def _separators(altered: bytearray, rng: np.random.Generator) -> None:
    found = [place for place, byte in enumerate(altered[:_HEAD_BYTES]) if byte in SEPARATORS]
    separator = SEPARATORS[int(rng.integers(4))]
    if not found or rng.random() < 0.4:
        altered.insert(_place(altered, rng), separator)
    elif rng.random() < 0.5:
        del altered[found[int(rng.integers(len(found)))]]
    else:
        altered[found[int(rng.integers(len(found)))]] = separator


def _extreme_number(altered: bytearray, rng: np.random.Generator) -> None:
    place, size = _place(altered, rng), int(rng.choice([2, 4]))
    top = 256**size
    number = int((0, 1, top - 1, top // 2, int(rng.integers(top)))[int(rng.integers(5))])
    altered[place : place + size] = number.to_bytes(size, "big")


def _move(altered: bytearray, rng: np.random.Generator) -> None:
    start, to = _place(altered, rng), _place(altered, rng)
    piece = altered[start : start + int(rng.integers(1, 257))]
    if rng.random() < 0.5:
        del altered[start : start + len(piece)]
    altered[to:to] = piece


def _elements(altered: bytearray, rng: np.random.Generator) -> None:
    """Another place, another name or none for an element of XML; other files have few of these characters."""
    found = [match.start() for match in _TAGS.finditer(altered, 0, 4 * _HEAD_BYTES)]
    if len(found) < 3:
        return
    first, second, third = sorted(int(found[place]) for place in rng.integers(len(found), size=3))
    piece = bytes(altered[first:second])
    choice = int(rng.integers(4))
    if choice == 0:
        del altered[first:second]
    elif choice == 1:
        altered[third:third] = piece * int(rng.integers(1, 50))
    elif choice == 2:
        altered[first:first] = b"<!DOCTYPE a [<!ENTITY b 'c'>]>" if rng.random() < 0.5 else b"<a>" * 70
    else:
        altered[first + 1 : first + 1] = b"x"


_ALTERATIONS = (_truncate, _flip_bits, _write_over, _change_digits, _separators, _extreme_number, _move, _elements)


class _Hang(BaseException):
    """The reader did not come back. No `Exception`, so that no reader can swallow it."""


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Hang


def attack(reader: Reader, data: bytes) -> tuple[str, float]:
    """What became of an altered file, ``"read"``, ``"refused"`` or a fault's name, and processor time in seconds."""
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(GIVE_UP_S)
    start = time.process_time()
    try:
        reader(data)
        outcome = "read"
    except ExchangeError:
        outcome = "refused"
    except _Hang:
        outcome = "hang"
    except Exception as error:
        outcome = f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}"
    finally:
        signal.alarm(0)
    return outcome, time.process_time() - start


def memory_mb() -> float:
    """Most memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange.mutations", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder in which formats/ lies")
    parser.add_argument("--folders", help="comma-separated names; all of formats/ by default")
    parser.add_argument(
        "--decode", action="store_true", help="decode images instead of reading the records around them"
    )
    parser.add_argument("--count", type=AT_LEAST_1, default=1000, help="alterations of each file")
    options = parser.parse_args(arguments)
    root = options.data / "formats"
    if not root.is_dir():
        parser.error(f"--data: expected a folder in which formats/ lies, found no {root}")
    known = sorted(path.name for path in root.iterdir() if path.is_dir())
    names = options.folders.split(",") if options.folders else known
    if unknown := set(names) - set(known):
        parser.error(f"--folders: expected some of {', '.join(known)}, got {', '.join(sorted(unknown))}")
    lines = [f"code {source_digest()}, {machine_name()}", f"{options.count} alterations of each file", ""]
    lines.append(
        f"{'folder':<36}{'files':>6}{'altered':>9}{'refused':>9}{'read':>9}{'faults':>8}{'slowest s':>11}{'+MB':>7}"
    )
    failed = False
    for name in names:
        reader = decode_images if options.decode else READERS.get(name, read_any)
        files = sorted(path for path in (root / name).iterdir() if path.suffix not in (".json", ".png", ".raw"))
        outcomes: Counter[str] = Counter()
        slowest, before = 0.0, memory_mb()
        for number, path in enumerate(files):
            data = path.read_bytes()
            attack(reader, data)  # compiles kernels, fills caches
            for altered in mutations(data, options.count, np.random.default_rng([SEED, number])):
                outcome, seconds = attack(reader, altered)
                outcomes[outcome] += 1
                slowest = max(slowest, seconds)
        faults = {outcome: n for outcome, n in outcomes.items() if outcome not in ("read", "refused")}
        grown = memory_mb() - before
        lines.append(
            f"{name:<36}{len(files):>6}{outcomes.total():>9}{outcomes['refused']:>9}{outcomes['read']:>9}"
            f"{sum(faults.values()):>8}{slowest:>11.3f}{grown:>7.0f}"
        )
        lines.extend(f"    {n} x {fault}" for fault, n in sorted(faults.items()))
        failed |= bool(faults) or slowest > LIMIT_S or grown > LIMIT_MB
        print(lines[-1] if not faults else "\n".join(lines[-1 - len(faults) :]), flush=True)
    lines.append("\nwithin the limits" if not failed else "\nNOT within the limits")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "exchange_mutations.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
