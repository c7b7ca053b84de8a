"""`Capture`: one finger as it was taken: a template, or the reason why there is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records.texts import check_text, one_of
from fingerprint_engine.records.words import MISSING_REASONS
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import MissingReason, TenprintSet

MAX_CAPTURES = 60
"""Chosen: ten fingers, rolled and plain, three times over."""
MAX_IMAGE_BYTES = 20_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Capture:
    """One finger as it was taken.

    Attributes
    ----------
    template
        Holds position, impression and quality; None when the finger could not be taken.
    finger
        Position of a finger without a template.
    missing
        Why there is none: amputated, bandaged, damaged, not taken.
    image
        The file of the image, to be kept with its own term; None: not kept.
    image_reference
        Where the image lies otherwise.
    ppi
        Resolution of the image.
    also
        Templates of the same image that another extractor made, so that a search reaches prints of both kinds.
    """

    template: Template | None = None
    finger: Finger = Finger.UNKNOWN
    missing: str = ""
    image: bytes | None = None
    image_reference: str = ""
    ppi: float = 500.0
    also: tuple[Template, ...] = ()

    def __post_init__(self) -> None:
        if (self.template is None) == (not self.missing):
            raise RecordsError("capture: expected either a template or the reason why there is none")
        if self.template is not None and not isinstance(self.template, Template):
            raise RecordsError(f"capture: expected a Template, got {type(self.template).__name__}")
        if self.missing:
            one_of(self.missing, "capture, missing", MISSING_REASONS)
            if self.finger is Finger.UNKNOWN:
                raise RecordsError("capture: expected the position of the missing finger")
        if self.image is not None and not 0 < len(self.image) <= MAX_IMAGE_BYTES:
            raise RecordsError(f"capture, image: expected 1 to {MAX_IMAGE_BYTES:,} bytes, got {len(self.image):,}")
        check_text(self.image_reference, "capture, image_reference")

    @property
    def position(self) -> Finger:
        """Position of the finger."""
        return self.finger if self.template is None else self.template.finger


_WORDS = {MissingReason.AMPUTATED: "amputated"}
"""Who says that a finger cannot be printed does not say why; it is recorded as not taken."""


def captures_of(prints: Iterable[Template | Capture] | TenprintSet, *, required: bool = True) -> tuple[Capture, ...]:
    """Captures from what a caller gives: captures, plain templates, or the prints of a hand or a card.

    Raises
    ------
    RecordsError
        When there is none, too many, or something else.
    """
    given = _of_set(prints) if isinstance(prints, TenprintSet) else prints
    if not isinstance(given, Iterable):
        raise RecordsError(f"prints: expected several templates or captures, got {type(prints).__name__}")
    found: list[Capture] = []
    for one in given:
        if len(found) == MAX_CAPTURES:
            raise RecordsError(f"prints: expected at most {MAX_CAPTURES}")
        if not isinstance(one, Template | Capture):
            raise RecordsError(f"prints: expected templates or captures, got {type(one).__name__}")
        found.append(Capture(one) if isinstance(one, Template) else one)
    if required and not found:
        raise RecordsError("prints: expected at least one capture, got none")
    return tuple(found)


def _of_set(tenprints: TenprintSet) -> list[Capture]:
    """Prints that could be read, and fingers that were looked for and are not there."""
    missing = [
        Capture(finger=finger, missing=_WORDS.get(reason, "not taken"))
        for finger, reason in tenprints.missing.items()
        if reason is not MissingReason.NOT_CAPTURED
    ]
    return [Capture(template) for template in tenprints.templates] + missing


def probes_of(captures: Sequence[Capture]) -> tuple[Template, ...]:
    """All templates of captures."""
    return tuple(t for one in captures for t in (one.template, *one.also) if t is not None)
