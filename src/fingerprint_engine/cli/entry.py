"""`main`: words in, exit code out."""

from __future__ import annotations

import argparse
import contextlib
import sys
import traceback
from collections.abc import Sequence

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.environment import environment_of
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError, UsageError, exit_code_of, message_of
from fingerprint_engine.cli.parser import build_parser
from fingerprint_engine.regular_files import is_system_text
from fingerprint_engine.text.shown import brief


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        The words after the program's name; by default those of the process.

    Returns
    -------
    int
        An `ExitCode`.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    console = Console(sys.stdout, sys.stderr, as_json="--json" in words)
    try:
        console.finish()  # before any work: an answer that nobody can read is no answer
        _check(words)
        with environment_of(words), console.warnings_as_notes():
            if not words:
                for line in build_parser().format_help().splitlines():
                    console.text(line)
                return int(ExitCode.BAD_INPUT)  # 0 would be an answer to a script whose words got lost
            arguments = _parsed(words)
            code = ExitCode.SUCCESS if arguments is None else ExitCode(arguments.run(arguments, console))
        console.finish()
        return int(code)
    except BrokenPipeError as error:
        return int(exit_code_of(error))
    except (Exception, KeyboardInterrupt) as error:
        return _explain(error, console, debug="--debug" in words)
    except SystemExit as error:  # of what a command calls, such as a plug-in: no answer of ours
        return _explain(RuntimeError(f"something called sys.exit({error.code!r})"), console, debug="--debug" in words)


def _check(words: Sequence[object]) -> None:
    """Refuse words that no shell could have passed: whoever calls `main` from Python can pass anything."""
    for number, word in enumerate(words, start=1):
        if not (isinstance(word, str) and is_system_text(word)):
            raise UsageError(f"word {number}: expected text without null or unpaired characters, got {brief(word)}")


def _parsed(words: Sequence[str]) -> argparse.Namespace | None:
    """The arguments; None after ``--help`` and ``--version``, which have been answered."""
    try:
        found: argparse.Namespace = build_parser().parse_args(words)
        return found
    except SystemExit:
        return None


def _explain(error: BaseException, console: Console, *, debug: bool) -> int:
    """Say what went wrong in one line, and to machines as a document."""
    code = exit_code_of(error)
    message = message_of(error)
    if debug:
        for line in "".join(traceback.format_exception(error)).splitlines():
            console.note(f"debug: {line}")
    console.note(f"fingerprint-engine: {message}")
    with contextlib.suppress(OutputError, BrokenPipeError):
        console.document({"error": type(error).__name__, "message": message, "exit_code": int(code)})
    return int(code)
