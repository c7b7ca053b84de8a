"""`replay`: all changes of a log, in order, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import (
    LogPosition,
    beginning,
    check_log_header,
    frame_at,
    is_torn,
)
from fingerprint_engine.index.storage.log.records import Record


class Replayed(NamedTuple):
    """What a log holds: its changes, how far the gallery follows a registry by it, and where it ends.

    `passed` are the digests that it passed through, by the number of frames.
    """

    records: list[Record]
    follows: Follows | None
    position: LogPosition
    passed: tuple[bytes, ...] = ()


def replay(data: bytes, log: FileHeader, stated: Iterable[LogPosition] = ()) -> Replayed:
    """All changes of a log, up to its end or to a torn last frame, which is as if it had never been written.

    Parameters
    ----------
    data
        The whole file.
    log
        Gallery and number of the log.
    stated
        How far the log had come, by the manifest and by the log's head: so far every frame was acknowledged.

    Raises
    ------
    CorruptGallery
        When a frame is damaged in a way that an interrupted write cannot explain, when the log does not pass through
        a stated position, or ends before it: names the offset and what is missing.
    UnsupportedGalleryVersion
        When a newer release wrote it.
    """
    check_log_header(data, log)
    stated = list(stated)
    acknowledged = max(stated, default=beginning(log))
    position = beginning(log)
    records: list[Record] = []
    follows: Follows | None = None
    passed = [position.digest]
    while True:
        if any(other.frames == position.frames and other != position for other in stated):
            raise CorruptGallery(f"gallery log, offset {position.size}: another log than the gallery wrote")
        if position.size >= len(data):
            break
        frame = frame_at(data, position.size, log)
        if frame is None:
            if len(data) < acknowledged.size or (
                position.frames >= acknowledged.frames and is_torn(data, position.size, log)
            ):
                break
            raise CorruptGallery(f"gallery log, offset {position.size}: frame {position.frames + 1} is damaged")
        if not frame.head.continues(position):
            raise CorruptGallery(
                f"gallery log, offset {position.size}: frame {position.frames + 1} does not continue the one before"
            )
        records += frame.records
        follows = frame.follows or follows
        position = frame.after
        passed.append(position.digest)
        if position.share > 1.0:
            raise CorruptGallery(f"gallery log, offset {position.size}: expected no more changes than a log may hold")
    if position.frames < acknowledged.frames:
        raise CorruptGallery(
            f"gallery log, offset {position.size}: the file is cut short; {acknowledged.frames - position.frames} "
            f"acknowledged frames with {acknowledged.changes - position.changes} changes are missing"
        )
    return Replayed(records, follows, position, tuple(passed))
