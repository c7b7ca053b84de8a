"""`Directory`: the agencies that one exchanges with, and their public keys, in one small file."""

from __future__ import annotations

import dataclasses
import os

from fingerprint_engine.errors import KeyFileError
from fingerprint_engine.exchange.agencies.keys import AgencyCard, as_dict, merged, opened, read_key_file, written

KIND = "fingerprint-engine agency directory"
MAX_AGENCIES = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Directory:
    """Cards of agencies, each name once."""

    cards: tuple[AgencyCard, ...] = ()

    def card(self, agency: str) -> AgencyCard | None:
        """The card of an agency; None when it is not known."""
        return next((one for one in self.cards if one.agency == agency), None)

    def required(self, agency: str) -> AgencyCard:
        """The card of an agency.

        Raises
        ------
        KeyFileError
            When it is not known.
        """
        found = self.card(agency)
        if found is None:
            raise KeyFileError("directory: expected an agency that is in it; add its card first")
        return found

    def with_card(self, card: AgencyCard) -> Directory:
        """The directory with one more agency, or more keys of one that it has; no key gets lost."""
        known = self.card(card.agency)
        if known is not None:
            card = AgencyCard(card.agency, merged(known.keys, card.keys))
        others = [one for one in self.cards if one.agency != card.agency]
        return Directory(tuple(sorted((*others, card), key=lambda one: one.agency)))

    def with_retired(self, agency: str, key_id: str, at: str) -> Directory:
        """The directory with a key that signs nothing more from a moment on.

        Raises
        ------
        KeyFileError
            When there is no such key.
        """
        card = self.required(agency)
        if not any(one.id == key_id for one in card.keys):
            raise KeyFileError("directory: expected a key of that agency")
        keys = tuple(dataclasses.replace(one, retired_at=at) if one.id == key_id else one for one in card.keys)
        return Directory(tuple(AgencyCard(agency, keys) if one is card else one for one in self.cards))

    def to_bytes(self) -> bytes:
        """The file."""
        cards = [{"agency": one.agency, "keys": [as_dict(key.public) for key in one.keys]} for one in self.cards]
        return written(KIND, {"agencies": cards})

    @classmethod
    def from_bytes(cls, data: bytes) -> Directory:
        """Read a directory.

        Raises
        ------
        KeyFileError
        """
        cards = [AgencyCard.from_object(one) for one in opened(data, KIND).objects("agencies", MAX_AGENCIES)]
        if len({one.agency for one in cards}) != len(cards):
            raise KeyFileError("directory, agencies: expected each once")
        return cls(tuple(cards))


def read_directory(path: str | os.PathLike[str]) -> Directory:
    """Read the file of a directory.

    Raises
    ------
    KeyFileError
    """
    return Directory.from_bytes(read_key_file(path))
