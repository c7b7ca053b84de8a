"""Galleries of format 1, as its release wrote them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

Change = tuple[str, bytes | None]


def write_format_1(folder: Path, frames: list[list[Change]]) -> None:
    """A folder with `prints.log` and `lock`; a change is a key with the bytes of a template, or None to remove it."""
    folder.mkdir()
    (folder / "lock").write_text("A fingerprint gallery: while one process writes to it, it locks this file.\n")
    head = struct.pack("<8sHH16x", b"\x89FPGAL\r\n", 1, 32)
    log = bytearray(head + struct.pack("<I", zlib.crc32(head)))
    for changes in frames:
        body = b""
        for key, template in changes:
            name = key.encode()
            kind = 2 if template is None else 1
            body += struct.pack("<BHI", kind, len(name), len(template or b"")) + name + (template or b"")
        start = struct.pack("<4sII", b"FPGf", len(body), len(changes))
        start += struct.pack("<I", zlib.crc32(struct.pack("<Q", len(log)), zlib.crc32(start)))
        frame = start + body + bytes(-(len(start) + len(body) + 8) % 16)
        log += frame + struct.pack("<I4s", zlib.crc32(frame), b"fGPF")
    (folder / "prints.log").write_bytes(log)
