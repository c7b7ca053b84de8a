"""`main`: words in, exit code out."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import exit_code_of, message_of
from fingerprint_engine.cli.parser import build_parser


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
        arguments = build_parser().parse_args(words)
        with console.warnings_as_notes():
            return int(arguments.run(arguments, console))
    except SystemExit as leaving:  # argparse after --help and --version
        return int(leaving.code or 0)
    except BrokenPipeError as error:
        # The interpreter flushes stdout once more at exit; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(exit_code_of(error))
    except (Exception, KeyboardInterrupt) as error:
        return _explain(error, console, debug="--debug" in words)


def _explain(error: BaseException, console: Console, *, debug: bool) -> int:
    """Say what went wrong in one line, and to machines as a document."""
    code = exit_code_of(error)
    message = message_of(error)
    if debug:
        console.note("".join(traceback.format_exception(error)).rstrip())
    console.note(f"fingerprint-engine: {message}")
    console.document({"error": type(error).__name__, "message": message, "exit_code": int(code)})
    return int(code)
