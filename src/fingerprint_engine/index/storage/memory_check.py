"""Whether the index of a gallery fits into memory, asked before it is read: a system ends processes without a word."""

from __future__ import annotations

import re
from pathlib import Path

from fingerprint_engine.errors import NotEnoughMemory
from fingerprint_engine.index.storage.manifest import Manifest
from fingerprint_engine.template.sketches import SKETCH_WORDS

_SYSTEM, _GROUPS, _OWN_GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_WORD_BYTES, _MB = 8, 1 << 20


def require_memory(folder: Path, manifest: Manifest) -> None:
    """Refuse to read into memory what there is no memory for. Sealed segments, which have no choice, are not counted.

    Raises
    ------
    NotEnoughMemory
        When sketches and indexes of the plain segments take more than is available.
    """
    plain = [entry for entry in manifest.segments if entry.key is None]
    sketches = sum(entry.prints for entry in plain) * SKETCH_WORDS * _WORD_BYTES
    wanted = sketches + sum(index.size for entry in plain for index in entry.indexes)
    there = available_bytes()
    if there is not None and wanted > there:
        raise NotEnoughMemory(
            f"{folder}: its index takes {wanted / _MB:,.1f} MB, and {there / _MB:,.1f} MB of memory are available"
        )


def available_bytes() -> int | None:
    """Memory that the system says it can give, and no more than is left to the groups of this process with a limit.

    None where nobody says.
    """
    said = [_number(_SYSTEM, r"^MemAvailable:\s+(\d+) kB$", 1024), *map(_left_to_group, _groups())]
    return min((one for one in said if one is not None), default=None)


def _groups() -> list[Path]:
    """The groups that this process is in (cgroup v2), such as a container and a service, the outermost last."""
    named = _found(_OWN_GROUP, r"^0::/(.*)$") or ""
    own = _GROUPS / named
    if ".." in own.parts:  # seen from a container, of which more is not to be seen
        return [_GROUPS]
    return [own, *(group for group in own.parents if group.is_relative_to(_GROUPS))]


def _left_to_group(folder: Path) -> int | None:
    """What a group has left; pages of files, which it can give back, do not count as taken."""
    limit, taken = _number(folder / "memory.max", r"^(\d+)$"), _number(folder / "memory.current", r"^(\d+)$")
    if limit is None or taken is None:
        return None
    pages, kept = (_number(folder / "memory.stat", rf"^{name} (\d+)$") or 0 for name in ("file", "shmem"))
    files = max(pages - kept, 0)
    return max(limit - max(taken - files, 0), 0)


def _number(path: Path, pattern: str, unit: int = 1) -> int | None:
    """A number in a file of the system; None where there is none."""
    found = _found(path, pattern)
    return None if found is None else int(found) * unit


def _found(path: Path, pattern: str) -> str | None:
    """What a pattern finds in a file of the system; None where it finds nothing, or there is no such file."""
    try:
        found = re.search(pattern, path.read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return None
    return None if found is None else found[1]
