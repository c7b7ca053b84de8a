"""`FollowState`: how far a gallery came, kept in the gallery's own files so that it is lost only with them."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.errors import ForeignGallery
from fingerprint_engine.index import Gallery


@dataclasses.dataclass(frozen=True, slots=True)
class FollowState:
    """How far a gallery came.

    Attributes
    ----------
    registry
        Whose changes it takes.
    number, mark
        Of the last change that it took. The mark tells whether the database still has that very change, or was restored
        from a backup and went another way since.
    rule
        Digest of the policy and of what the gallery holds; when it changes, every print is looked at anew.
    """

    registry: str
    number: int
    mark: str
    rule: str


def read_state(gallery: Gallery, registry: str) -> FollowState | None:
    """How far a gallery came; None when it is new.

    Raises
    ------
    ForeignGallery
        When it follows another registry, or none and holds prints.
    """
    kept = gallery.follows
    if kept is None:
        if len(gallery):
            raise ForeignGallery(f"gallery: expected an empty one or one of this registry, got {len(gallery)} prints")
        return None
    if kept.registry != registry:
        raise ForeignGallery("gallery: it follows another registry")
    return FollowState(*kept)


def keep_state(gallery: Gallery, state: FollowState) -> None:
    """Remember how far a gallery came; what it took is on the disk before."""
    gallery.set_follows(state.registry, state.number, state.mark, state.rule)
