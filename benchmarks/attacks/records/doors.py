"""The entries of exchange files: `exchange.read` and all that a document can be asked, `intake`, the command line."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.attacks.command_line import Refused, run_command
from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.pixels import PPI
from benchmarks.attacks.records.craft import craft
from benchmarks.attacks.records.samples import sample_path, sound_records
from benchmarks.attacks.templates.rules import broken_rule
from benchmarks.attacks.verdicts import check
from fingerprint_engine import exchange, intake
from fingerprint_engine.errors import ExchangeError, FingerprintEngineError
from fingerprint_engine.exchange import ConversionOptions, Target, ansi_nist

BUDGET_S = 20.0
"""A third of what `limits.Limits` allows: its other limits should end things before."""
_NOT_TOLD_BY_CONTENT = {Target.RAW, Target.CARD_NORMAL, Target.CARD_COMPACT}


def kind(place: Path) -> Kind:
    """Exchange files, and all doors for them."""
    doors: dict[str, Callable[[bytes], object]] = {
        "read": read,
        "transaction": transaction,
        "templates": templates,
        "images": images,
        "outline": outline,
        "convert": convert,
        "prints_in": functools.partial(prints_in, place),
        "inspect": functools.partial(inspect, place),
        "convert command": functools.partial(convert_command, place),
        "extract command": functools.partial(extract_command, place),
    }
    return Kind(sound_records()["iso-19794-4:2005 png"], craft, doors, BUDGET_S)


def read(data: bytes) -> None:
    """Lenient, and then strict, which may refuse more."""
    exchange.read(data)
    exchange.read(data, strict=True)


def transaction(data: bytes) -> None:
    """What only transactions can be asked; others pass."""
    found = exchange.read(data).content
    if isinstance(found, ansi_nist.Transaction):
        check(ansi_nist.dumps(found) == data, "other bytes are written than were read")
        ansi_nist.describe(found)
        again = ansi_nist.loads(ansi_nist.dumps(ansi_nist.repaired(found)), lenient=True)
        ansi_nist.contradictions(again)
        ansi_nist.features_in(found)


def templates(data: bytes) -> None:
    """Templates that are made keep all rules of templates."""
    for template in exchange.read(data).templates(ppi=PPI).value:
        rule = broken_rule(template.to_bytes())
        check(not rule, f"a template is made that breaks a rule: {rule}")


def images(data: bytes) -> None:
    """Images that are decoded."""
    for found in exchange.read(data).images(ppi=PPI).value:
        check(found.image.pixels.ndim == 2 and found.image.ppi > 0, "an image without pixels or resolution")


def outline(data: bytes) -> None:
    """What `inspect` shows."""
    found = exchange.outline(exchange.read(data))
    found.as_dict()


def convert(data: bytes) -> None:
    """To every format; what is written can be read."""
    document = exchange.read(data)
    written = 0
    for target in Target:
        try:
            made = exchange.convert(document, target, options=ConversionOptions(ppi=PPI, number=1, native=True)).value
        except FingerprintEngineError:
            continue
        written += 1
        if target not in _NOT_TOLD_BY_CONTENT and target is not Target.ANSI_NIST:
            try:
                exchange.read(made)
            except FingerprintEngineError as error:
                check(False, f"what is written as {target} cannot be read: {type(error).__name__}")
    if not written:
        raise ExchangeError("no format takes it")


def prints_in(place: Path, data: bytes) -> None:
    """Templates of a file's prints, whose images are extracted."""
    for found in intake.prints_in(sample_path(place, data), ppi=PPI).prints:
        made = getattr(found.outcome, "to_bytes", bytes)()
        check(not made or not broken_rule(made), "a template is made that breaks a rule")


def inspect(place: Path, data: bytes) -> None:
    """``inspect FILE``."""
    run_command("inspect", str(sample_path(place, data)), "--json", "--ppi", "500")


def convert_command(place: Path, data: bytes) -> None:
    """``convert IN OUT``, to minutiae and, when there are none, to an image."""
    try:
        _converted(place, data, "made.fmr")
    except Refused:
        _converted(place, data, "made.png")


def _converted(place: Path, data: bytes, name: str) -> None:
    (place / name).unlink(missing_ok=True)
    run_command("convert", str(sample_path(place, data)), str(place / name), "--ppi", "500", "--number", "1")


def extract_command(place: Path, data: bytes) -> None:
    """``extract FILE --output DIR``."""
    shutil.rmtree(place / "made", ignore_errors=True)
    run_command("extract", str(sample_path(place, data)), "--output", str(place / "made"), "--ppi", "500")
