"""Exit codes: the part of the answer that a script reads.

0 and 10 are the only answers. 1 is never one, because it is what a process ends with that could not work at all: a
Python that does not start, a package that is not there.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

from fingerprint_engine.errors import (
    AbsentGallery,
    CorruptGallery,
    EmptyInput,
    FailureToExtract,
    FingerprintEngineError,
    GalleryError,
    InputError,
    JournalError,
    MissingExtra,
)


class ExitCode(enum.IntEnum):
    """What a command's exit code means; the docstrings are printed by ``--help``."""

    SUCCESS = 0
    BAD_INPUT = 2
    FAILURE_TO_EXTRACT = 3
    GALLERY = 4
    UNDECIDED = 5
    MISSING_EXTRA = 6
    ABSENT_GALLERY = 7
    DAMAGED_GALLERY = 8
    OUTPUT = 9
    NO_MATCH = 10
    EMPTY_INPUT = 11
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: dict[ExitCode, str] = {
    ExitCode.SUCCESS: "done; verify: match; identify: hit; mark: a list, which is no hit",
    ExitCode.BAD_INPUT: "wrong usage, or an input that cannot be used",
    ExitCode.FAILURE_TO_EXTRACT: "at least one image gave no template",
    ExitCode.GALLERY: "a gallery: locked, not writable, of a newer release, a key that is there already",
    ExitCode.UNDECIDED: "verify: too few minutiae for an answer; identify: neither hit nor clean no hit: possible, "
    "incomplete, rejected for quality, nothing searched, or several searches with different answers; mark: not all "
    "was searched",
    ExitCode.MISSING_EXTRA: "an optional package is not installed",
    ExitCode.ABSENT_GALLERY: "there is no such gallery",
    ExitCode.DAMAGED_GALLERY: "a gallery is damaged",
    ExitCode.OUTPUT: "an output, stdout included: there already, or not writable",
    ExitCode.NO_MATCH: "a clean negative answer; verify: no match; identify: no hit; gallery check --absent: no",
    ExitCode.EMPTY_INPUT: "nothing to work on: a folder or a list is empty",
    ExitCode.INTERNAL: "an error in the engine itself; --debug shows where",
    ExitCode.INTERRUPTED: "stopped with Ctrl-C",
    ExitCode.BROKEN_PIPE: "the reader of the output went away",
}
ANSWERS = frozenset({ExitCode.SUCCESS, ExitCode.NO_MATCH})
"""What a script may take for an answer."""


class UsageError(InputError):
    """The words on the command line do not make a command."""


class OutputError(FingerprintEngineError):
    """An output cannot be written: it exists already, or the place for it does not take it."""


def exit_code_of(error: BaseException) -> ExitCode:
    """The exit code that an exception stands for."""
    match error:
        case FailureToExtract():
            return ExitCode.FAILURE_TO_EXTRACT
        case OutputError() | JournalError():
            return ExitCode.OUTPUT
        case AbsentGallery():
            return ExitCode.ABSENT_GALLERY
        case CorruptGallery():
            return ExitCode.DAMAGED_GALLERY
        case GalleryError():
            return ExitCode.GALLERY
        case EmptyInput():
            return ExitCode.EMPTY_INPUT
        case MissingExtra():
            return ExitCode.MISSING_EXTRA
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case BrokenPipeError():
            return ExitCode.BROKEN_PIPE
        case FingerprintEngineError() | OSError():
            return ExitCode.BAD_INPUT
        case _:
            return ExitCode.INTERNAL


def message_of(error: BaseException) -> str:
    """What went wrong, in one line and in the words of the command line."""
    match error:
        case FingerprintEngineError():
            message = str(error)
        case KeyboardInterrupt():
            message = "interrupted"
        case OSError():
            message = f"{error.filename or 'file'}: {error.strerror or error}"
        case _:
            message = f"internal error ({ExitCode.INTERNAL:d}): {type(error).__name__}: {error}; --debug shows where"
    return " ".join(in_options(message).split())


def in_options(message: str) -> str:
    """The hints of the Python API in the words of the command line: ``ppi=`` becomes ``--ppi``."""
    message = re.sub(r'\b(polarity|colour|alpha|depth)="([\w-]+)"', r"--\1 \2", message)
    message = re.sub(r"\bpass tls=", "pass --tls-ca, --tls-cert and --tls-key", message)
    return re.sub(r"\bpass (ppi|number)=", r"pass --\1", message)


def exit_code_of_items(codes: Sequence[ExitCode]) -> ExitCode:
    """The code of a bulk command: an answer only if all items have the same one, else the highest of the other codes.

    Answers that differ are none: `ExitCode.UNDECIDED`.
    """
    failures = [code for code in codes if code not in ANSWERS]
    if failures:
        return max(failures)
    return ExitCode.UNDECIDED if len(set(codes)) > 1 else next(iter(codes), ExitCode.SUCCESS)


def epilog() -> str:
    """The table of exit codes for ``--help``."""
    return "exit codes:\n" + "\n".join(f"  {code.value:<4d}{meaning}" for code, meaning in MEANINGS.items())
