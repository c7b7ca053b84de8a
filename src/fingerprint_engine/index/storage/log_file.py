"""`LogFile`: the log of a gallery, appended to by one writer, read by anybody."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.log_format import (
    FILE_HEADER_SIZE,
    Record,
    encode_frame,
    file_header,
    generation_of,
    read_frames,
)


class LogFile:
    """A log opened for writing.

    Every change goes to the end of the file and is on the disk when `append` returns. What a failed or interrupted
    write left is taken back, at once or when the file is next opened.
    """

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path, self.descriptor, self.size = path, descriptor, size
        self._is_broken = False

    @classmethod
    def create(cls, path: Path, generation: int) -> LogFile:
        """Make an empty log, on the disk; its name is only safe once the folder is synced."""
        descriptor = durable_files.create(path)
        try:
            durable_files.write_all(descriptor, file_header(generation), 0)
            durable_files.sync(descriptor)
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        return cls(path, descriptor, FILE_HEADER_SIZE)

    @classmethod
    def open(cls, path: Path, generation: int) -> tuple[LogFile, list[Record]]:
        """Open a log and read its changes; a torn last frame is cut off."""
        data = read_log(path)
        descriptor = durable_files.open_to_change(path)
        try:
            records, size = replay(data, generation)
            if size < len(data):
                durable_files.cut(descriptor, size)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor, size), records

    def append(self, records: Sequence[Record]) -> None:
        """Write changes that count together: when this returns all survive a crash, when it raises nothing was written.

        Raises
        ------
        GalleryError
            When the file cannot be written.
        """
        if self._is_broken:
            raise GalleryError("gallery: an earlier write failed and could not be taken back; open it again")
        frame = encode_frame(records, self.size)
        try:
            durable_files.write_all(self.descriptor, frame, self.size)
            durable_files.sync(self.descriptor)
        except BaseException as error:
            self._take_back()
            if isinstance(error, OSError):
                raise GalleryError(f"{self.path}: cannot write ({error.strerror})") from error
            raise
        self.size += len(frame)

    def _take_back(self) -> None:
        self._is_broken = True  # unless what follows succeeds; the next opening cuts off the torn frame
        with contextlib.suppress(OSError):
            durable_files.cut(self.descriptor, self.size)
            self._is_broken = False


def read_log(path: Path) -> bytes:
    """The bytes of a log that the manifest names.

    Raises
    ------
    CorruptGallery
        When there is no such file.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CorruptGallery(f"{path}: expected the log of this gallery, found no such file") from None


def replay(data: bytes, generation: int) -> tuple[list[Record], int]:
    """All changes of a log, and how many of its bytes count.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion
        See `log_format`; also when it is another log than the manifest names.
    """
    found = generation_of(data)
    if found != generation:
        raise CorruptGallery(f"gallery log: expected number {generation}, found number {found}")
    records: list[Record] = []
    end = FILE_HEADER_SIZE
    for frame in read_frames(data):
        records += frame.records
        end = frame.end
    return records, end
