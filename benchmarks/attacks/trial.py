"""One crafted input at one door: what comes out, how long it takes, how much memory it needs."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import resource
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.verdicts import Finding, Lie, Verdict
from fingerprint_engine.errors import FingerprintEngineError

ADDRESS_SPACE_BYTES = 12 * 2**30
"""Beyond the peak that is judged, so that the judge and not the limit decides; protects the machine."""
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def limit_address_space() -> None:
    """Let the process fail rather than the machine."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, hard))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let nobody hear what the engine says."""
    nowhere = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        warnings.simplefilter("ignore")
        yield


def attempt(number: int, name: str, crafted: object, kind: Kind) -> Finding:
    """Let an input through a door, and judge."""
    peak = _Peak()
    started = _cpu_s()
    faulthandler.dump_traceback_later(kind.wall_s, exit=True)
    try:
        verdict, detail = _opened(kind.doors[name], crafted)
    finally:
        faulthandler.cancel_dump_traceback_later()
    cpu_s, peak_mb = _cpu_s() - started, peak.mb()
    # Memory first: what fills it also takes long, on a busy machine too long.
    if not verdict.is_bad and peak_mb > kind.max_peak_mb:
        verdict, detail = Verdict.MEMORY, f"{peak_mb:.0f} MB"
    if not verdict.is_bad and cpu_s > kind.budget_s:
        verdict, detail = Verdict.HANG, f"{cpu_s:.1f} s of processor time, {kind.budget_s:g} s are allowed"
    return Finding(number, name, verdict, detail, cpu_s, peak_mb)


def _opened(door: Callable[[Any], object], crafted: object) -> tuple[Verdict, str]:
    try:
        with quiet():
            door(crafted)
    except FingerprintEngineError as error:
        return Verdict.REFUSED, type(error).__name__
    except Lie as lie:
        return Verdict.WRONG, str(lie)
    except MemoryError as error:
        return Verdict.MEMORY, _place(error)
    except Exception as error:
        return Verdict.UNTYPED, _place(error)
    return Verdict.ACCEPTED, ""


def _place(error: BaseException) -> str:
    """Type of an error and where in the engine it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "fingerprint_engine" in frame.filename] or frames
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno} {own[-1].name}" if own else "nowhere"
    return f"{type(error).__name__} in {where}: {str(error)[:120]}"


def _cpu_s() -> float:
    """Processor time of this process and of children that ended."""
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + times.ru_utime + times.ru_stime


class _Peak:
    """Largest memory from now on: of this process where Linux lets it be reset, and of children."""

    def __init__(self) -> None:
        self._can_reset = _CLEAR.exists()
        if self._can_reset:
            _CLEAR.write_text("5")
        self._children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    def mb(self) -> float:
        """In megabytes."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if self._can_reset:
            line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
            own = int(line.split()[1])
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return max(own, children if children > self._children else 0) / 1024.0
