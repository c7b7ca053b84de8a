"""One crafted gallery: the files of a sound one, altered."""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.attacks.galleries import logs
from benchmarks.attacks.galleries.files import OTHER_IDENTITY, SPECIAL, Files, sound_gallery
from benchmarks.attacks.galleries.manifests import alter_manifest
from benchmarks.attacks.galleries.segment_files import alter_segment, exchange_segments


@dataclasses.dataclass(frozen=True, slots=True)
class Crafted:
    """A gallery.

    Attributes
    ----------
    files
        Contents by name.
    rule
        What is false for sure, so that nobody may take the gallery for a sound one; empty when that is for the judge.
    is_damage
        Whether checksums tell that something is wrong: then a repair may lose prints, and says how many.
    state
        What the installation remembers of the gallery's segments; empty for nothing.
    """

    files: Files
    rule: str = ""
    is_damage: bool = False
    state: bytes = b""


def sound() -> Crafted:
    """The gallery as it was made."""
    return Crafted(dict(sound_gallery()))


def craft(rng: np.random.Generator) -> Crafted:
    """An altered gallery."""
    files = dict(sound_gallery())
    choice = rng.random()
    if choice < 0.3:
        return Crafted(files, alter_manifest(files, rng))
    if choice < 0.55:
        return Crafted(files, alter_segment(files, rng))
    if choice < 0.7:
        return Crafted(files, logs.alter_records(files, rng))
    if choice < 0.73:
        return Crafted(files, logs.alter_head(files, rng))
    if choice < 0.74:
        return Crafted(files, logs.many_changes(files, rng))
    if choice < 0.77:
        return Crafted(files, alter_segment(files, rng), state=_state(rng))
    alterations = (
        exchange_segments,
        logs.cut_log,
        logs.other_log,
        logs.reorder_frames,
        logs.frame_inside,
        _lock,
        _special,
        _flip,
    )
    rule = alterations[int(rng.integers(len(alterations)))](files, rng)
    return Crafted(files, rule, is_damage=True)


def _state(rng: np.random.Generator) -> bytes:
    """A list of segments that nobody looked at, or no list at all."""
    heading = b"fingerprint-engine sealed segments 1\n"
    line = b"00" * 32 + b" 1 2 3 4 5\n"
    lists = (
        heading,
        heading + line,
        heading + line * 100_000,
        b"\xff\xfe",
        b"[" * 100_000,
        rng.bytes(1000),
        heading * 2,
    )
    return lists[int(rng.integers(len(lists)))]


def _lock(files: Files, rng: np.random.Generator) -> str:
    """No lock file, an empty one, or that of another gallery."""
    choice = int(rng.integers(3))
    if choice == 0:
        del files["lock"]
    elif choice == 1:
        files["lock"] = b""
    else:
        files["lock"] = dict(sound_gallery(OTHER_IDENTITY))["lock"]
    return ""


def _special(files: Files, rng: np.random.Generator) -> str:
    """A pipe, a folder or a link in place of a file."""
    kinds = (b"pipe", b"folder", b"/dev/zero", b"/dev/stdin", b"/nowhere")
    name = str(rng.choice(list(files)))
    files[name] = SPECIAL + kinds[int(rng.integers(len(kinds)))]
    return "no file" if name not in ("lock", "manifest.copy") else ""


def _flip(files: Files, rng: np.random.Generator) -> str:
    """Bits anywhere, and no checksum made right."""
    name = str(rng.choice([name for name in files if name not in ("lock", "manifest.copy")]))
    octets = bytearray(files[name])
    for _ in range(int(rng.integers(1, 4))):
        octets[int(rng.integers(len(octets)))] ^= 1 << int(rng.integers(8))
    files[name] = bytes(octets)
    return ""
