"""The entries of galleries on disk: open, search, write, compact, check, repair, the command line."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.attacks.command_line import run_command
from benchmarks.attacks.forging import installation
from benchmarks.attacks.galleries.craft import Crafted, craft, sound
from benchmarks.attacks.galleries.files import IDENTITY, key_of, known_templates, sound_contents, write_files
from benchmarks.attacks.galleries.judge import check_sound
from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.verdicts import check
from fingerprint_engine.errors import GalleryError, TemplateError
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery

BUDGET_S = 5.0


def kind(place: Path) -> Kind:
    """Galleries, and all doors for them."""
    doors: dict[str, Callable[[Path, Crafted], object]] = {
        "open to read": read,
        "skip damaged": skip_damaged,
        "open to write": write,
        "compact": compact,
        "check": check_files,
        "repair": repair,
        "duplicates": duplicates,
        "gallery info": functools.partial(command, ("gallery", "info")),
        "gallery check": functools.partial(command, ("gallery", "check")),
        "gallery export": export,
        "inspect": functools.partial(command, ("inspect",)),
    }
    prepared = {name: functools.partial(_through_files, place, door) for name, door in doors.items()}
    return Kind(sound(), craft, prepared, BUDGET_S)


def _through_files(place: Path, door: Callable[[Path, Crafted], object], crafted: Crafted) -> None:
    """Write the files anew for each door, for another installation than the one that made them."""
    folder, state = place / "crafted.gallery", place / "state"
    shutil.rmtree(state, ignore_errors=True)
    write_files(folder, crafted.files)
    if crafted.state:
        state.mkdir(mode=0o700)
        (state / f"{IDENTITY.hex()}.txt").write_bytes(crafted.state)
        (state / f"{IDENTITY.hex()}.txt").chmod(0o600)
    with installation(state):
        door(folder, crafted)


def read(folder: Path, crafted: Crafted) -> None:
    """To search; a second time when it is known what was looked at."""
    for _ in range(2):
        with Gallery.open(folder, read_only=True) as gallery:
            check(not crafted.rule, f"opened to read, although: {crafted.rule}")
            check_sound(gallery)


def skip_damaged(folder: Path, _: Crafted) -> None:
    """To search what is left."""
    with Gallery.open(folder, read_only=True, skip_damaged=True) as gallery:
        check_sound(gallery)


def write(folder: Path, crafted: Crafted) -> None:
    """To change; what is acknowledged is there afterwards."""
    new = sound_template(13)
    with Gallery.open(folder) as gallery:
        check(not crafted.rule, f"opened to write, although: {crafted.rule}")
        check_sound(gallery)
        before = set(gallery)
        gallery.enrol("acknowledged", new)
        for key in sorted(before)[:1]:
            gallery.remove(key)
        for key in sorted(before)[1:2]:
            gallery.replace(key, new)
    with Gallery.open(folder) as gallery:
        expected = before - set(sorted(before)[:1]) | {"acknowledged"}
        check(set(gallery) == expected, "other keys than were acknowledged")
        for key in ["acknowledged", *sorted(before)[1:2]]:
            check(gallery.get(key) == new, "another print than was acknowledged")
        check_sound(gallery)


def compact(folder: Path, crafted: Crafted) -> None:
    """To write anew; nothing is lost by it."""
    with Gallery.open(folder) as gallery:
        check(not crafted.rule, f"compacted, although: {crafted.rule}")
        before = _contents(gallery)
        gallery.compact()
    with Gallery.open(folder) as gallery:
        check(_contents(gallery) == before, "other prints after compaction")
        check_sound(gallery)


def check_files(folder: Path, crafted: Crafted) -> None:
    """What is called sound is sound, and opens."""
    report = check_gallery(folder)
    if not report.is_sound:
        raise GalleryError("not sound")
    check(not crafted.rule, f"check says sound, although: {crafted.rule}")
    with Gallery.open(folder, read_only=True) as gallery:
        check(len(gallery) == report.prints, "check counts other prints than there are")
        check_sound(gallery)


def repair(folder: Path, crafted: Crafted) -> None:
    """What is repaired opens and is sound; of damage, nothing else than the loss that is stated came about."""
    done = repair_gallery(folder)
    check(check_gallery(folder).is_sound, "not sound after a repair")
    with Gallery.open(folder) as gallery:
        check(len(gallery) == done.prints, "a repair that counts other prints than there are")
        check_sound(gallery)
        if crafted.is_damage:
            _check_losses(_contents(gallery), done.lost)


def _check_losses(found: dict[str, bytes], lost: int) -> None:
    acknowledged, known = sound_contents(), known_templates()
    known |= {key_of(1): set(), "carrier": {found.get("carrier", b"")}}
    changed = [key for key in acknowledged if found.get(key) != acknowledged[key]]
    changed += [key for key in found if key not in acknowledged and key != "carrier"]
    check(len(changed) <= lost, f"{len(changed)} prints are gone or others, {lost} are said to be lost")
    for key, template in found.items():
        check(template in known.get(key, ()), "a print that was never acknowledged under its key")


def duplicates(folder: Path, crafted: Crafted) -> None:
    """All pairs."""
    with Gallery.open(folder, read_only=True) as gallery:
        check(not crafted.rule, f"searched for duplicates, although: {crafted.rule}")
        gallery.duplicates(workers=1)


def command(words: tuple[str, ...], folder: Path, crafted: Crafted) -> None:
    """A command that reads."""
    run_command(*words, str(folder), "--json")
    check(not crafted.rule, f"{' '.join(words)} ends with success, although: {crafted.rule}")


def export(folder: Path, crafted: Crafted) -> None:
    """``gallery export``: what it writes can be enrolled elsewhere."""
    made, other = folder.with_name("exported"), folder.with_name("other.gallery")
    for path in (made, other):
        shutil.rmtree(path, ignore_errors=True)
    run_command("gallery", "export", str(folder), str(made))
    check(not crafted.rule, f"exported, although: {crafted.rule}")
    inside = [path for path in folder.parent.rglob("*.fpt") if made in path.parents]
    check(len(inside) == len(list(folder.parent.rglob("*.fpt"))), "a file is written outside the folder")
    run_command("enrol", str(other), "--list", str(next(made.glob("*.csv"))))


def _contents(gallery: Gallery) -> dict[str, bytes]:
    found = {}
    for key in gallery:
        try:
            found[key] = gallery.get(key).to_bytes()
        except TemplateError:
            found[key] = b""
    return found
