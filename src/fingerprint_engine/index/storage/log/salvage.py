"""`salvage`: what is sound of a damaged log, for repair; and by number, what is lost of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, FileHeader
from fingerprint_engine.index.storage.log.frames import (
    MAX_LOG_CHANGES,
    MAX_LOG_FRAMES,
    Frame,
    FrameHead,
    LogPosition,
    begin_of_last,
    frame_at,
    frame_head,
)


class Salvaged(NamedTuple):
    """What is left of a log.

    Attributes
    ----------
    frames
        Sound frames in their order.
    lost_frames
        First and last number of each run of frames that is lost.
    lost_changes
        Enrolments and removals in them, as far as the frames beside them, or the head, tell; at least one per frame.
    skipped_bytes
        Bytes that belong to no sound frame.
    """

    frames: list[Frame]
    lost_frames: tuple[tuple[int, int], ...]
    lost_changes: int
    skipped_bytes: int


def salvage(data: bytes, log: FileHeader, stated: Iterable[LogPosition], *, is_head_known: bool) -> Salvaged:
    """The sound frames of a log: from its beginning as far as lengths lead, and from its end back to there.

    Nothing is looked for inside of frames, nor where no length leads: what somebody put into a template is never taken
    for a change.

    Parameters
    ----------
    data, log
        The file, and which one it should be.
    stated
        How far the log had come, by the manifest and by its head, as far as these can be read.
    is_head_known
        Whether the head is among them; then what lies behind is an interrupted write, else a loss of unknown size.
    """
    found, heads = _reachable(data, log)
    known = [(position.frames, position.changes) for position in stated]
    known += [(head.sequence, head.changes_before + head.records) for head in heads]
    frames: list[Frame] = []
    runs: list[tuple[int, int]] = []
    sequence = changes = lost = 0
    for frame in found:
        if frame.head.sequence <= sequence:
            continue  # forged: a log of ours only rises
        if frame.head.sequence > sequence + 1:
            runs.append((sequence + 1, frame.head.sequence - 1))
            lost += max(frame.head.changes_before - changes, frame.head.sequence - 1 - sequence)
        frames.append(frame)
        sequence, changes = frame.after.frames, frame.after.changes
    last, total = max(known, default=(sequence, changes))
    kept = sum(frame.head.end - frame.offset for frame in frames)
    skipped = max(0, len(data) - HEADER_SIZE - kept)
    if not is_head_known and skipped and last <= sequence and not runs:
        last = sequence + 1  # something is there, and nobody knows what
    if last > sequence:
        runs.append((sequence + 1, last))
        lost += max(total - changes, last - sequence)
    return Salvaged(frames, tuple(runs), lost, skipped)


def _reachable(data: bytes, log: FileHeader) -> tuple[list[Frame], list[FrameHead]]:
    """Sound frames to which lengths lead, and the headers of damaged ones."""
    forward: list[Frame] = []
    backward: list[Frame] = []
    damaged: list[FrameHead] = []
    offset, end, records, count = HEADER_SIZE, len(data), 0, 0
    while (head := frame_head(data, offset, log)) is not None and head.end <= end:
        _sort(_sound(data, offset, log), head, forward, damaged)
        offset, records, count = head.end, records + head.records, count + 1
        if count > MAX_LOG_FRAMES or records > MAX_LOG_CHANGES:
            return forward, damaged  # forged: no log of ours holds so much
    while (begin := begin_of_last(data, end, log)) is not None and begin >= offset:
        head = frame_head(data, begin, log)
        if head is not None:
            _sort(_sound(data, begin, log), head, backward, damaged)
            records, count = records + head.records, count + 1
            if count > MAX_LOG_FRAMES or records > MAX_LOG_CHANGES:
                break
        end = begin
    return forward + backward[::-1], damaged


def _sort(frame: Frame | None, head: FrameHead, sound: list[Frame], damaged: list[FrameHead]) -> None:
    if frame is None:
        damaged.append(head)
    else:
        sound.append(frame)


def _sound(data: bytes, offset: int, log: FileHeader) -> Frame | None:
    try:
        return frame_at(data, offset, log)
    except CorruptGallery:
        return None
