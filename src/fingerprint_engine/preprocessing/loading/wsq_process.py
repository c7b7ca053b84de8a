"""The one door to the package ``wsq``, NIST's C code for WSQ, which is only ever run in a child process.

The code has global state, prints to standard error, and on some damaged files aborts or reads outside its memory
(measured: about 1 in 300 cut or altered files ends the process). In a child of its own, a bad file costs an error and
never the caller's process. The price is about 30 ms per file.

The child has little to do harm with: before it sees the file it limits its own memory, time and files, and it ends with
its parent. It inherits no descriptor, no environment and no module path; the module comes from where the package is
installed, never from the working folder.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys

from fingerprint_engine.errors import MissingExtra, UnreadableImage
from fingerprint_engine.plugins import extension_module

TIME_LIMIT_S = 60.0
_BASE_BYTES = 256 * 2**20
"""Address space of the interpreter and its libraries."""
_BYTES_PER_PIXEL = 16
"""Of the C code, in arrays of floats, integers and bytes; measured 12."""
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Without these an interpreter may not find its own libraries."""
_CONFINED = """
import os, sys
module, memory, seconds, parent = sys.argv[1], *map(int, sys.argv[2:5])
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    if os.getppid() != parent:
        sys.exit(1)
spec = spec_from_file_location("_wsq", module, loader=ExtensionFileLoader("_wsq", module))
_wsq = module_from_spec(spec)
spec.loader.exec_module(_wsq)
try:
    import resource
except ImportError:
    pass
else:
    limits = {"AS": memory, "CPU": seconds, "CORE": 0, "FSIZE": 0, "NOFILE": 3, "NPROC": 0}
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, value))
        except (AttributeError, ValueError, OSError):
            pass
"""


def memory_needed(pixels: int) -> int:
    """Bytes that the C code needs for an image, decoding or encoding, without the interpreter around it."""
    return _BYTES_PER_PIXEL * pixels


def run(script: str, data: bytes, *, pixels: int, action: str, time_limit_s: float = TIME_LIMIT_S) -> bytes:
    """What a script that uses ``_wsq`` writes to standard output; nothing where it fails.

    Parameters
    ----------
    script
        Python source.
    data
        Its standard input.
    pixels
        Of the image, by which its memory is limited.
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
    module = extension_module("_wsq")
    if module is None or module.origin is None:
        raise MissingExtra(f"WSQ: {action} needs the package wsq", "wsq")
    numbers = (_BASE_BYTES + memory_needed(pixels) + 2 * len(data), math.ceil(time_limit_s), os.getpid())
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CONFINED + script, module.origin, *map(str, numbers)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the C code's chatter
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            timeout=time_limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableImage(f"WSQ: {action} did not end within {time_limit_s:g} s") from error
    except OSError as error:
        raise UnreadableImage(f"WSQ: no process could be started for {action} ({error.strerror})") from error
    return child.stdout if child.returncode == 0 else b""
