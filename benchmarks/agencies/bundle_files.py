"""A bundle of every kind, with the keys that open it: what `mutations` alters."""

from __future__ import annotations

import datetime
from pathlib import Path

from fingerprint_engine import Finger
from fingerprint_engine.exchange.agencies import (
    Answer,
    BundleKind,
    Confirmation,
    CoreData,
    Directory,
    Outgoing,
    OwnKeys,
    Request,
    SentIdentifier,
    SentPrint,
    WatchOrder,
    write_bundle,
)
from fingerprint_engine.synthesis import PointPeople

NOW = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)
AT, LATER = "2026-03-02T08:00:00.000000Z", "2026-04-01T00:00:00.000000Z"


class Post:
    """Lima sends, Quito receives.

    Parameters
    ----------
    folder
        Where the bundles lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lima, self.quito = (OwnKeys.make(name, AT) for name in ("lima", "quito"))
        self.directory = Directory().with_card(self.lima.card).with_card(self.quito.card)

    def write(self, kind: BundleKind, records: list[bytes]) -> Path:
        """A bundle of Lima's."""
        path = self.folder / f"{kind.value.replace(' ', '-')}.bundle"
        write_bundle(
            path,
            Outgoing(kind, "quito", 1, AT, LATER),
            records,
            own=self.lima,
            directory=self.directory,
            overwrite=True,
        )
        return path


def records() -> dict[BundleKind, list[bytes]]:
    """Some records of every kind."""
    crowd = PointPeople(1)
    prints = tuple(SentPrint(one.finger, template=one.to_bytes()) for one in crowd.prints(1))
    image = SentPrint(Finger.LEFT_THUMB, image=bytes(range(256)) * 8)
    missing = SentPrint(Finger.RIGHT_THUMB, missing="amputated")
    terms = ("exchange", "treaty, article 4", ("remand", "wanted"), LATER)
    told = (SentIdentifier("name", "Ñandú", ""), SentIdentifier("national id", "0815", "PE"))
    answers = [
        Answer("Q-1", "X-1", "hit", "", {"outcome": "hit", "galleries": [{"searched": 7}]}, {"score": 40.5}),
        Answer("Q-2", "", "refused", "purpose", {}, None),
    ]
    return {
        BundleKind.REQUEST: [Request(f"Q-{n}", *terms, AT, (*prints, image, missing)).to_bytes() for n in range(3)],
        BundleKind.ANSWER: [one.to_bytes() for one in answers],
        BundleKind.CONFIRMATION: [Confirmation("Q-1", "X-1", "same").to_bytes()],
        BundleKind.CORE_DATA: [CoreData("Q-1", "X-1", "convicted", told).to_bytes()],
        BundleKind.WATCH: [WatchOrder("W-1", "begin", *terms, prints).to_bytes()],
        BundleKind.NOTICE: [one.to_bytes() for one in answers],
    }
