"""`Follows`: which registry a gallery follows and how far it came, kept together with the changes that it took."""

from __future__ import annotations

from typing import NamedTuple

from fingerprint_engine.errors import InputError
from fingerprint_engine.text.bounded_json import BoundedObject, is_text

MAX_REGISTRY_BYTES, MAX_MARK_BYTES = 255, 255
MAX_CHANGE_NUMBER = 2**63 - 1


class Follows(NamedTuple):
    """How far a gallery came.

    Attributes
    ----------
    registry
        Identifier of what it follows.
    number
        Of the last change that it took.
    mark
        Of that change, so that a registry that was restored and went another way since can be told.
    rule
        Of what the gallery is to hold.
    """

    registry: str
    number: int
    mark: str = ""
    rule: str = ""


def check_follows(given: object) -> Follows:
    """`Follows` from what a caller gives: such an object, or registry and number.

    Raises
    ------
    InputError
        When a value is not of its type or outside its limits.
    """
    if not isinstance(given, tuple) or not 2 <= len(given) <= 4:
        raise InputError("follows: expected a registry and a number")
    found = Follows(*given)
    if not is_text(found.registry, 1, MAX_REGISTRY_BYTES):
        raise InputError(f"follows: registry: expected text of 1 to {MAX_REGISTRY_BYTES} bytes")
    if type(found.number) is not int or not 0 <= found.number <= MAX_CHANGE_NUMBER:
        raise InputError(f"follows: number: expected a whole number from 0 to {MAX_CHANGE_NUMBER}")
    for name in ("mark", "rule"):
        if not is_text(getattr(found, name), 0, MAX_MARK_BYTES):
            raise InputError(f"follows: {name}: expected text of at most {MAX_MARK_BYTES} bytes")
    return found


def follows_in(members: BoundedObject) -> Follows:
    """`Follows` from a manifest or a log.

    Raises
    ------
    CorruptGallery
        When a value is outside its limits.
    """
    return Follows(
        members.text("registry", MAX_REGISTRY_BYTES, 1),
        members.whole("number", 0, MAX_CHANGE_NUMBER),
        members.text("mark", MAX_MARK_BYTES),
        members.text("rule", MAX_MARK_BYTES),
    )
