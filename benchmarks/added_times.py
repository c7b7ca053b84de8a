"""Time by the clock and of the processor of a long run, added up over the processes that it took."""

from __future__ import annotations

import json
import time
from pathlib import Path

from benchmarks.code_version import source_digest
from fingerprint_engine.whole_files import write_whole


class AddedTimes:
    """Seconds of a run that a journal makes resumable, kept in a file beside the journal.

    A journal that other code began is refused: its pieces would be mixed, and so would times.

    What a killed process did after its last `keep` is not counted: it is not kept in the journal either. Time that a
    process stood still counts by the clock.

    Parameters
    ----------
    journal
        Of the run; none: nothing is kept.

    Attributes
    ----------
    processes
        How many there were, with this one.
    """

    def __init__(self, journal: Path | None) -> None:
        self._path = None if journal is None else journal.with_name(journal.name + ".times.json")
        self._before = {"wall s": 0.0, "processor s": 0.0}
        self.processes, self._code = 1, source_digest()  # once: it reads all sources
        if self._path is not None and journal is not None and journal.is_file() and journal.stat().st_size:
            if not self._path.is_file():
                raise SystemExit(
                    f"{self._path}: not there, so nobody knows how long {journal} took; remove the journal"
                )
            kept = json.loads(self._path.read_text())
            if kept.get("code") != self._code:
                raise SystemExit(f"{journal}: code {kept.get('code')} began it, this is {self._code}; remove it")
            self._before = {name: float(kept[name]) for name in self._before}
            self.processes = int(kept["processes"]) + 1
        self._begin = self._now()

    def seconds(self) -> dict[str, float]:
        """By the clock and of the processor, of all processes together."""
        now = self._now()
        return {name: self._before[name] + now[name] - self._begin[name] for name in now}

    def __str__(self) -> str:
        return ", ".join(f"{value / 60:.1f} min {name.removesuffix(' s')}" for name, value in self.seconds().items())

    def keep(self) -> None:
        """Write them down."""
        if self._path is not None:
            text = json.dumps({**self.seconds(), "processes": self.processes, "code": self._code})
            write_whole(self._path, text.encode(), overwrite=True)

    def _now(self) -> dict[str, float]:
        return {"wall s": time.perf_counter(), "processor s": time.process_time()}
