"""The WSQ image codec (FBI wavelet scalar quantisation), offered by the extra ``wsq``.

The decoder is NIST's C code as the package ``wsq`` wraps it. On damaged files that code aborts or reads outside its
memory (measured: about 1 in 300 cut or altered files ends the process), so each file is decoded in a child process: a
bad file costs an `ImageError`, never the caller's process. The price is about 30 ms a file.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import struct
import subprocess
import sys

import numpy as np

from fingerprint_engine.errors import MissingExtra, UnreadableImage
from fingerprint_engine.preprocessing.loading.codecs import DecodedImage, check_stated_size
from fingerprint_engine.preprocessing.loading.wsq_blocks import remarks_on_blocks

_START_OF_IMAGE, _START_OF_FRAME = b"\xff\xa0", b"\xff\xa2"
_SEGMENT_MARKERS = frozenset(range(0xA4, 0xA9))  # wavelet, quantisation and Huffman tables, restart, comment
_TIME_LIMIT_S = 60.0
_ANSWER = struct.Struct("<iii")
_CHILD = """
import struct, sys
import _wsq
pixels, cols, rows, ppi = _wsq.decompress(sys.stdin.buffer.read())
sys.stdout.buffer.write(struct.pack("<iii", cols, rows, ppi) + bytes(pixels))
"""


@dataclasses.dataclass(frozen=True, slots=True)
class WsqCodec:
    """Decoder of WSQ files.

    Parameters
    ----------
    time_limit_s
        How long the child process may take.
    """

    time_limit_s: float = _TIME_LIMIT_S

    def sniff(self, header: bytes) -> bool:
        """Whether the bytes begin with WSQ's start-of-image marker and another marker."""
        return header[:3] == _START_OF_IMAGE + b"\xff" and header[3:4] in (b"\xa2", b"\xa4", b"\xa5", b"\xa6", b"\xa8")

    def decode(self, data: bytes) -> DecodedImage:
        """Decode a whole file; see `ImageCodec.decode`."""
        cols, rows = _stated_size(data)
        check_stated_size(cols, rows)
        if importlib.util.find_spec("_wsq") is None:
            raise MissingExtra('WSQ: decoding needs the extra "wsq": pip install "fingerprint-engine[wsq]"')
        answer = _decode_apart(data, self.time_limit_s)
        if len(answer) < _ANSWER.size:
            raise UnreadableImage("WSQ: the file is damaged or cut off")
        found_cols, found_rows, ppi = _ANSWER.unpack_from(answer)
        if (found_cols, found_rows) != (cols, rows) or len(answer) - _ANSWER.size != cols * rows:
            raise UnreadableImage(
                f"WSQ: expected {cols} x {rows} px as the header states, got {found_cols} x {found_rows}"
            )
        pixels = np.frombuffer(answer, np.uint8, offset=_ANSWER.size).reshape(rows, cols)
        return DecodedImage(pixels, (float(ppi), float(ppi)) if ppi > 0 else None, remarks_on_blocks(data))


def _stated_size(data: bytes) -> tuple[int, int]:
    """Columns and rows from the frame header, reached by stepping over the segments before it."""
    position = len(_START_OF_IMAGE)
    while position + 4 <= len(data):
        marker, length = data[position : position + 2], int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == _START_OF_FRAME:
            if position + 10 > len(data):
                break
            rows, cols = struct.unpack_from(">HH", data, position + 6)
            return cols, rows
        if marker[0] != 0xFF or marker[1] not in _SEGMENT_MARKERS or length < 2:
            raise UnreadableImage(f"WSQ: expected a segment marker at byte {position}, got 0x{marker.hex()}")
        position += 2 + length
    raise UnreadableImage("WSQ: the file is cut off before its frame header")


def _decode_apart(data: bytes, time_limit_s: float) -> bytes:
    try:
        # -P keeps the working directory out of the module path; standard error is the C code's chatter.
        child = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD], input=data, capture_output=True, timeout=time_limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableImage(f"WSQ: decoding did not end within {time_limit_s:g} s; the file is damaged") from error
    except OSError as error:
        raise UnreadableImage(f"WSQ: no process could be started to decode in ({error.strerror})") from error
    if child.returncode != 0:
        raise UnreadableImage("WSQ: the file is damaged or cut off")
    return child.stdout
