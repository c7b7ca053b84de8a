"""What goes to stdout and what to stderr.

For people, stdout carries text. For machines (``--json``) it carries one JSON document or JSON lines and nothing else.
Progress, warnings and errors always go to stderr.
"""

from __future__ import annotations

import json
import math
import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO, TypeVar

from fingerprint_engine.errors import FingerprintEngineWarning

Item = TypeVar("Item")
BAR_WIDTH = 28
REDRAW_S = 0.1


class Console:
    """Where a command writes.

    Parameters
    ----------
    stdout, stderr
        Text streams.
    as_json
        Whether stdout is for machines.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.as_json = as_json
        self._bar_shown = False

    def coloured(self, text: str, code: str) -> str:
        """The text in a colour of the terminal, or as it is where stdout is not one or colours are unwanted."""
        if self.as_json or not self._stdout.isatty() or os.environ.get("NO_COLOR"):
            return text
        return f"\x1b[{code}m{text}\x1b[0m"

    def text(self, line: str = "") -> None:
        """A line for people; machines do not get it."""
        if not self.as_json:
            self._wipe_bar()
            self._stdout.write(line + "\n")
            self._stdout.flush()

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people: text to the left, numbers to the right."""
        cells = [[_cell(value) for value in row] for row in rows]
        numeric = [all(_is_number(row[i]) for row in cells) and bool(cells) for i in range(len(header))]
        widths = [max([len(title), *(len(row[i]) for row in cells)]) for i, title in enumerate(header)]
        for row in [list(header), ["-" * width for width in widths], *cells]:
            aligned = (
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(row, widths, numeric, strict=True)
            )
            self.text("  " + "  ".join(aligned).rstrip())

    def document(self, value: dict[str, Any]) -> None:
        """One JSON object on one line for machines; people do not get it."""
        if self.as_json:
            self._stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
            self._stdout.flush()

    def note(self, line: str) -> None:
        """A line on stderr: a warning, an error, a hint."""
        self._wipe_bar()
        self._stderr.write(line + "\n")
        self._stderr.flush()

    def progress(self, items: Iterable[Item], *, total: int, label: str) -> Iterator[Item]:
        """Pass items through, drawing a bar on stderr as long as that is a terminal."""
        with self.bar(label) as show:
            for done, item in enumerate(items, start=1):
                yield item
                show(done, total)

    @contextmanager
    def bar(self, label: str) -> Iterator[Callable[[int, int], None]]:
        """A function that, called with what is done and with all, draws a bar as long as stderr is a terminal."""
        started = time.monotonic()
        drawn = -math.inf

        def show(done: int, total: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if done and total >= 2 and self._stderr.isatty() and now - drawn >= REDRAW_S:
                drawn = now
                self._stderr.write("\r" + _bar(label, done, total, now - started))
                self._stderr.flush()
                self._bar_shown = True

        try:
            yield show
        finally:
            self._wipe_bar()

    @contextmanager
    def bars(self) -> Iterator[Callable[[str, int, int], None]]:
        """As `bar`, for work of several steps: each has a bar of its own, which is called by the step's name."""
        with ExitStack() as stack:
            bars: dict[str, Callable[[int, int], None]] = {}

            def show(step: str, done: int, total: int) -> None:
                if step not in bars:
                    bars[step] = stack.enter_context(self.bar(step))
                bars[step](done, total)

            yield show

    def _wipe_bar(self) -> None:
        """Clear the line of the progress bar, so that what follows stands on a line of its own."""
        if self._bar_shown:
            self._stderr.write("\r\x1b[K")
            self._stderr.flush()
            self._bar_shown = False

    @contextmanager
    def warnings_as_notes(self) -> Iterator[None]:
        """Show the engine's warnings, each once, whatever the interpreter's filters say."""
        counts: Counter[str] = Counter()

        def show(message: Warning | str, *_: Any, **__: Any) -> None:
            counts[str(message)] += 1
            if counts[str(message)] == 1:
                self.note(f"warning: {message}")

        with warnings.catch_warnings():
            warnings.simplefilter("always", FingerprintEngineWarning)
            warnings.showwarning = show
            try:
                yield
            finally:
                for text, count in counts.items():
                    if count > 1:
                        self.note(f"warning: {count} times in all: {text}")


def _bar(label: str, done: int, total: int, elapsed_s: float) -> str:
    filled = BAR_WIDTH * done // total
    left_s = elapsed_s / done * (total - done)
    return f"{label} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total}, {left_s:.0f} s left\x1b[K"


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "").isdigit() or text == ""
