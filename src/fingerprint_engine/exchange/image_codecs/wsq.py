"""WSQ writing through the extra ``wsq``: NIST's encoder at its fixed 0.75 bits a pixel, about 15:1."""

from __future__ import annotations

import importlib.util
import re
import struct
import subprocess
import sys

from fingerprint_engine.errors import ExchangeError, MissingExtra
from fingerprint_engine.preprocessing import FingerprintImage

TIME_LIMIT_S = 60.0
_COMMENT = b"\xff\xa8"
_PPI = re.compile(rb"(?<=\nPPI )-?\d+(?=\n)")
_CHILD = """
import struct, sys
import _wsq
rows, cols = struct.unpack("<ii", sys.stdin.buffer.read(8))
sys.stdout.buffer.write(_wsq.compress(sys.stdin.buffer.read(), rows, cols, 12.0))
"""
"""The encoder's last argument is not used by it; it has no other rate."""


def encode(image: FingerprintImage) -> bytes:
    """A WSQ file whose comment states the image's resolution.

    The encoder is C code with global state that prints to standard error: it runs in a child process, as reading does.

    Raises
    ------
    MissingExtra
        When the extra is not installed.
    ExchangeError
        When the encoder fails.
    """
    if importlib.util.find_spec("_wsq") is None:
        raise MissingExtra('WSQ: encoding needs the extra "wsq": pip install "fingerprint-engine[wsq]"')
    rows, cols = image.shape
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD],
            input=struct.pack("<ii", rows, cols) + image.pixels.tobytes(),
            capture_output=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ExchangeError(f"WSQ: the encoder did not end ({type(error).__name__})") from error
    if child.returncode != 0 or not child.stdout.startswith(b"\xff\xa0"):
        raise ExchangeError(f"WSQ: the encoder failed on {cols} x {rows} px")
    return with_ppi(child.stdout, image.ppi)


def with_ppi(data: bytes, ppi: float) -> bytes:
    """The file with the resolution that its comment states replaced: the encoder always writes 500.

    Raises
    ------
    ExchangeError
        When the file has no such comment at its beginning.
    """
    length = int.from_bytes(data[4:6], "big")
    comment = data[6 : 4 + length]
    if data[2:4] != _COMMENT or _PPI.search(comment) is None:
        raise ExchangeError("WSQ: expected a comment with the resolution behind the start of the file")
    changed = _PPI.sub(str(round(ppi)).encode(), comment)
    return data[:4] + (2 + len(changed)).to_bytes(2, "big") + changed + data[4 + length :]
