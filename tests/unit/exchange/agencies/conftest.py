"""Two agencies that know each other, a stranger, and a moment."""

import datetime

import pytest

pytest.importorskip("joserfc")

from fingerprint_engine import Finger
from fingerprint_engine.exchange.agencies import (
    BundleKind,
    Directory,
    Outgoing,
    OwnKeys,
    Request,
    SentPrint,
    write_bundle,
)

NOW = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)
AT, LATER = "2026-03-02T08:00:00.000000Z", "2026-04-01T00:00:00.000000Z"


class Post:
    """Lima asks, Quito answers; Caracas is not in the directory."""

    def __init__(self, folder):
        self.folder = folder
        self.lima, self.quito, self.caracas = (OwnKeys.make(name, AT) for name in ("lima", "quito", "caracas"))
        self.directory = Directory().with_card(self.lima.card).with_card(self.quito.card)

    def requests(self, count):
        prints = (SentPrint(Finger.RIGHT_INDEX, template=b"t" * 300), SentPrint(Finger.LEFT_INDEX, missing="amputated"))
        return [
            Request(f"Q-{place}", "exchange", "treaty, article 4", ("remand", "wanted"), LATER, AT, prints)
            for place in range(count)
        ]

    def bundle(self, name="one.bundle", count=3, own=None, receiver="quito", number=1, expires=LATER, records=None):
        path = self.folder / name
        outgoing = Outgoing(BundleKind.REQUEST, receiver, number, AT, expires)
        content = [one.to_bytes() for one in self.requests(count)] if records is None else records
        known = self.directory.with_card(self.caracas.card)
        write_bundle(path, outgoing, content, own=own or self.lima, directory=known)
        return path


@pytest.fixture
def post(tmp_path):
    return Post(tmp_path)
