"""The command line as a process of its own: what surrounds `main` there."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

from fingerprint_engine.cli.entry import main
from fingerprint_engine.cli.exit_codes import ANSWERS, ExitCode


def run() -> NoReturn:
    """Run one command and end the process with its exit code."""
    occupy_standard_descriptors()
    leave_working_folder()
    code = main()
    sys.exit(code if _hand_over() or code not in ANSWERS else int(ExitCode.OUTPUT))


def occupy_standard_descriptors() -> None:
    """Open the null device in place of stdin, stdout and stderr where they are closed.

    The next file to be opened would take their number, and what a library writes to stderr would end up in a gallery.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def leave_working_folder() -> None:
    """Take the working folder from where modules and plug-ins are looked for: anybody may have put files there.

    Kept is the folder in which this package itself lies.
    """
    home = Path(__file__).resolve().parents[2]
    with contextlib.suppress(OSError):  # the working folder is gone
        working = Path.cwd().resolve()
        if working != home:
            sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() != working]


def _hand_over() -> bool:
    """Whether the system took everything; what it did not take is dropped, so that the interpreter's end is calm."""
    taken = True
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            taken = taken and number != 1
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, number)
            os.close(null)
    return taken
