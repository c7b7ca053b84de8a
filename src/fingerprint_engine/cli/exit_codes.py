"""Exit codes: the part of the answer that a script reads."""

from __future__ import annotations

import enum
import re

from fingerprint_engine.errors import (
    FailureToExtract,
    FingerprintEngineError,
    GalleryError,
    InputError,
    MissingExtra,
)


class ExitCode(enum.IntEnum):
    """What a command's exit code means; the docstrings are printed by ``--help``."""

    SUCCESS = 0
    NO_MATCH = 1
    BAD_INPUT = 2
    FAILURE_TO_EXTRACT = 3
    STORAGE = 4
    UNDECIDED = 5
    MISSING_EXTRA = 6
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: dict[ExitCode, str] = {
    ExitCode.SUCCESS: "done; verify: match; identify: hit",
    ExitCode.NO_MATCH: "a clean negative answer; verify: no match; identify: no hit; gallery check --absent: no",
    ExitCode.BAD_INPUT: "wrong usage, or an input that cannot be used",
    ExitCode.FAILURE_TO_EXTRACT: "at least one image gave no template",
    ExitCode.STORAGE: "a gallery or an output file: absent, damaged, locked, there already, not writable",
    ExitCode.UNDECIDED: "identify: neither hit nor clean no hit (possible, incomplete, rejected for quality)",
    ExitCode.MISSING_EXTRA: "an optional package is not installed",
    ExitCode.INTERNAL: "an error in the engine itself; --debug shows where",
    ExitCode.INTERRUPTED: "stopped with Ctrl-C",
    ExitCode.BROKEN_PIPE: "the reader of the output went away",
}


class UsageError(InputError):
    """The words on the command line do not make a command."""


class OutputError(FingerprintEngineError):
    """An output cannot be written: it exists already, or the place for it does not take it."""


def exit_code_of(error: BaseException) -> ExitCode:
    """The exit code that an exception stands for."""
    match error:
        case FailureToExtract():
            return ExitCode.FAILURE_TO_EXTRACT
        case GalleryError() | OutputError():
            return ExitCode.STORAGE
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
    return re.sub(r"\bpass (ppi|number)=", r"pass --\1", message)


def worst(codes: list[ExitCode]) -> ExitCode:
    """The code of a bulk command in which single items ended differently: storage before extraction before success."""
    return max(codes, default=ExitCode.SUCCESS)


def epilog() -> str:
    """The table of exit codes for ``--help``."""
    return "exit codes:\n" + "\n".join(f"  {code.value:<4d}{meaning}" for code, meaning in MEANINGS.items())
