"""A command of the engine, run in this process: its exit code is judged like an exception."""

from __future__ import annotations

import contextlib
import io
import json

from benchmarks.attacks.verdicts import check
from fingerprint_engine.cli.entry import main
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.errors import FingerprintEngineError


class Refused(FingerprintEngineError):
    """A command ended with an exit code that stands for a typed error."""


class EngineFault(RuntimeError):
    """A command ended with the exit code that stands for an error of the engine itself."""


def run_command(*words: str) -> None:
    """Run a command, and raise what its exit code stands for; what it prints is text, and no terminal obeys it.

    Raises
    ------
    Refused
        For every documented code but success and the engine's own fault.
    EngineFault
        For that one, and for codes that are not documented.
    """
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
    said = out.getvalue() + err.getvalue()
    if code not in set(ExitCode) or code == ExitCode.INTERNAL:
        raise EngineFault(f"exit code {code}: {err.getvalue().strip()[-120:]}")
    check(not any(ord(letter) < 32 and letter not in "\n\t\r" for letter in said), "raw control characters are shown")
    if "--json" in words:
        for line in out.getvalue().splitlines():
            json.loads(line)
    if code != ExitCode.SUCCESS:
        raise Refused(f"exit code {code}")
