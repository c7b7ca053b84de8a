"""What goes to stdout and what to stderr.

For people, stdout carries text. For machines (``--json``) it carries one JSON document or JSON lines in UTF-8 and
nothing else. Progress, warnings and errors always go to stderr.

Everything that a command shows passes through here, and whatever is not plain text in it is escaped here: a key or a
file name cannot move the cursor. What stdout does not take is an error, because the answer would be lost; what stderr
does not take is dropped, because the exit code says it as well.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, TextIO, TypeVar

from fingerprint_engine.cli.exit_codes import OutputError
from fingerprint_engine.errors import FingerprintEngineWarning
from fingerprint_engine.text.shown import printable, printable_json

Item = TypeVar("Item")
BAR_WIDTH = 28
REDRAW_S = 0.1


class Coloured(NamedTuple):
    """Text in a colour of the terminal's own palette."""

    text: str
    code: str


class Console:
    """Where a command writes.

    Parameters
    ----------
    stdout, stderr
        Text streams; None where the process has none.
    as_json
        Whether stdout is for machines.
    """

    def __init__(self, stdout: TextIO | None, stderr: TextIO | None, *, as_json: bool) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.as_json = as_json
        self._bar_shown = False

    def text(self, *parts: str | Coloured) -> None:
        """A line for people; machines do not get it.

        Raises
        ------
        OutputError
            When stdout does not take it.
        """
        if self.as_json:
            return
        self._wipe_bar()
        colours = self._stdout is not None and self._stdout.isatty() and not os.environ.get("NO_COLOR")
        shown = [
            f"\x1b[{part.code}m{printable(part.text)}\x1b[0m"
            if isinstance(part, Coloured) and colours
            else printable(part.text if isinstance(part, Coloured) else part)
            for part in parts
        ]
        self._answer("".join(shown) + "\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people: text to the left, numbers to the right."""
        cells = [[printable(_cell(value)) for value in row] for row in rows]
        numeric = [all(_is_number(row[i]) for row in cells) and bool(cells) for i in range(len(header))]
        widths = [max([len(title), *(len(row[i]) for row in cells)]) for i, title in enumerate(header)]
        for row in [list(header), ["-" * width for width in widths], *cells]:
            aligned = (
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(row, widths, numeric, strict=True)
            )
            self.text("  " + "  ".join(aligned).rstrip())

    def document(self, value: dict[str, Any]) -> None:
        """One JSON object on one line for machines; people do not get it.

        Raises
        ------
        OutputError
            When stdout does not take it.
        """
        if self.as_json:
            self._answer(printable_json(value) + "\n", encoding="utf-8")

    def note(self, line: str) -> None:
        """A line on stderr: a warning, an error, a hint."""
        self._wipe_bar()
        self._remark(printable(line) + "\n")

    def finish(self) -> None:
        """Hand over what waits for stdout, so that nothing can be lost after the exit code is known.

        Raises
        ------
        OutputError
            When stdout does not take it.
        """
        self._answer("")

    def _answer(self, text: str, encoding: str | None = None) -> None:
        """Write to stdout; in the stream's own encoding unless another is named."""
        if self._stdout is None:
            raise OutputError("stdout: cannot be written: it is closed")
        try:
            if encoding is not None and hasattr(self._stdout, "buffer"):
                self._stdout.flush()
                self._stdout.buffer.write(text.encode(encoding))
            else:
                self._stdout.write(_encodable(text, self._stdout))
            self._stdout.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:  # ValueError: the stream was closed in this process
            reason = error.strerror if isinstance(error, OSError) else None
            raise OutputError(f"stdout: cannot be written: {reason or error}") from error

    def _remark(self, text: str) -> None:
        """Write to stderr, if that is possible."""
        if self._stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                self._stderr.write(_encodable(text, self._stderr))
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
            is_seen = self._stderr is not None and self._stderr.isatty()
            if done and total >= 2 and is_seen and now - drawn >= REDRAW_S:
                drawn = now
                self._remark("\r" + _bar(label, done, total, now - started))
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
            self._remark("\r\x1b[K")
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


def _encodable(text: str, stream: TextIO) -> str:
    """The text with what the stream's encoding lacks written as escapes."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _bar(label: str, done: int, total: int, elapsed_s: float) -> str:
    filled = BAR_WIDTH * done // total
    left_s = elapsed_s / done * (total - done)
    return f"{label} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total}, {left_s:.0f} s left\x1b[K"


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "").isdigit() or text == ""
