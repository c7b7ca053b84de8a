"""The one door to the package ``wsq``, NIST's C code for WSQ, which is only ever run in a child process.

The code has global state, prints to standard error, and on some damaged files aborts or reads outside its memory
(measured: about 1 in 300 cut or altered files ends the process). In a child of its own, a bad file costs an error and
never the caller's process. The price is about 30 ms per file.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from fingerprint_engine.errors import MissingExtra, UnreadableImage

TIME_LIMIT_S = 60.0


def run(script: str, data: bytes, *, action: str, time_limit_s: float = TIME_LIMIT_S) -> bytes:
    """What a script that imports ``_wsq`` writes to standard output; nothing where it fails.

    Parameters
    ----------
    script
        Python source.
    data
        Its standard input.
    action
        ``"decoding"`` or ``"encoding"``, for messages.
    time_limit_s
        How long it may take.

    Raises
    ------
    MissingExtra
        When the extra is not installed.
    UnreadableImage
        When the script takes too long, or no process can be started.
    """
    if importlib.util.find_spec("_wsq") is None:
        raise MissingExtra(f"WSQ: {action} needs the package wsq", "wsq")
    try:
        # -P keeps the working directory out of the module path; standard error is the C code's chatter.
        child = subprocess.run(
            [sys.executable, "-P", "-c", script], input=data, capture_output=True, timeout=time_limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableImage(f"WSQ: {action} did not end within {time_limit_s:g} s") from error
    except OSError as error:
        raise UnreadableImage(f"WSQ: no process could be started for {action} ({error.strerror})") from error
    return child.stdout if child.returncode == 0 else b""
