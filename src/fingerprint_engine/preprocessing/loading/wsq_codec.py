"""The WSQ image codec (FBI wavelet scalar quantisation), offered by the extra ``wsq``; see `wsq_process`."""

from __future__ import annotations

import dataclasses
import struct

import numpy as np

from fingerprint_engine.errors import UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading import wsq_process
from fingerprint_engine.preprocessing.loading.codec_port import DecodedImage, check_stated_size
from fingerprint_engine.preprocessing.loading.marker_segments import marker_segments
from fingerprint_engine.preprocessing.loading.wsq_blocks import remarks_on_blocks

_START_OF_IMAGE, _START_OF_FRAME = b"\xff\xa0", 0xA2
_SEGMENT_MARKERS = frozenset(range(0xA4, 0xA9))  # wavelet, quantisation and Huffman tables, restart, comment
_FRAME_BYTES = 6  # what precedes and holds the size
_ANSWER = struct.Struct("<iii")
_CHILD = """
import struct
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

    time_limit_s: float = wsq_process.TIME_LIMIT_S

    def sniff(self, header: bytes) -> bool:
        """Whether the bytes begin with WSQ's start-of-image marker and another marker."""
        return header[:3] == _START_OF_IMAGE + b"\xff" and header[3:4] in (b"\xa2", b"\xa4", b"\xa5", b"\xa6", b"\xa8")

    def decode(self, data: bytes, budget: Budget | None = None) -> DecodedImage:
        """Decode a whole file; see `ImageCodec.decode`."""
        limited = Budget() if budget is None else budget
        cols, rows = _stated_size(data, limited)
        check_stated_size(cols, rows)
        limited.spend("pixels", cols * rows)
        limited.need("memory_bytes", wsq_process.memory_needed(cols * rows))
        remarks = remarks_on_blocks(data, limited)
        answer = wsq_process.run(
            _CHILD,
            data,
            pixels=cols * rows,
            action="decoding",
            time_limit_s=min(self.time_limit_s, limited.seconds_left),
        )
        if len(answer) < _ANSWER.size:
            raise UnreadableImage("WSQ: the file is damaged or cut off")
        found_cols, found_rows, ppi = _ANSWER.unpack_from(answer)
        if (found_cols, found_rows) != (cols, rows) or len(answer) - _ANSWER.size != cols * rows:
            raise UnreadableImage(
                f"WSQ: expected {cols} x {rows} px as the header states, got {found_cols} x {found_rows}"
            )
        pixels = np.frombuffer(answer, np.uint8, offset=_ANSWER.size).reshape(rows, cols)
        return DecodedImage(pixels, (float(ppi), float(ppi)) if ppi > 0 else None, remarks)


def _stated_size(data: bytes, budget: Budget) -> tuple[int, int]:
    """Columns and rows from the frame header."""
    for segment in marker_segments(data, budget):
        if segment.marker == _START_OF_FRAME and len(segment.body) >= _FRAME_BYTES:
            rows, cols = struct.unpack_from(">HH", segment.body, 2)
            return cols, rows
        if segment.marker not in _SEGMENT_MARKERS:
            break
    raise UnreadableImage("WSQ: expected table segments and a frame header; the file is damaged or cut off")
