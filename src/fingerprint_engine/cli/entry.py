"""`main`: words in, exit code out."""

from __future__ import annotations

import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, exit_code_of
from fingerprint_engine.cli.parser import UsageError, build_parser
from fingerprint_engine.errors import FingerprintEngineError


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
        command = importlib.import_module(f"fingerprint_engine.cli.{arguments.module}")
        with console.warnings_as_notes():
            return int(command.run(arguments, console))
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
    message = _in_options(" ".join(_message(error, code).split()))
    if debug:
        console.note("".join(traceback.format_exception(error)).rstrip())
    console.note(f"fingerprint-engine: {message}")
    console.document({"error": type(error).__name__, "message": message, "exit_code": int(code)})
    return int(code)


def _in_options(message: str) -> str:
    """Put the hints of the Python API in the words of the command line: ``ppi=`` as ``--ppi``."""
    message = re.sub(r'\b(polarity|colour|alpha|depth)="([\w-]+)"', r"--\1 \2", message)
    return message.replace("pass ppi=", "pass --ppi")


def _message(error: BaseException, code: ExitCode) -> str:
    match error:
        case UsageError() | FingerprintEngineError():
            return str(error)
        case KeyboardInterrupt():
            return "interrupted"
        case OSError():
            return f"{error.filename or 'file'}: {error.strerror or error}"
        case _:
            return f"internal error ({code:d}): {type(error).__name__}: {error}; --debug shows where"
