"""Which records each kind of bundle holds."""

from __future__ import annotations

from fingerprint_engine.exchange.agencies.answers import Answer
from fingerprint_engine.exchange.agencies.confirmations import Confirmation, CoreData
from fingerprint_engine.exchange.agencies.head import BundleKind
from fingerprint_engine.exchange.agencies.requests import Request
from fingerprint_engine.exchange.agencies.watches import WatchOrder

BundleRecord = Request | Answer | Confirmation | CoreData | WatchOrder
"""One record of a bundle."""
RECORDS_OF: dict[BundleKind, type[BundleRecord]] = {
    BundleKind.REQUEST: Request,
    BundleKind.ANSWER: Answer,
    BundleKind.CONFIRMATION: Confirmation,
    BundleKind.CORE_DATA: CoreData,
    BundleKind.WATCH: WatchOrder,
    BundleKind.NOTICE: Answer,
}
"""What the records of a kind are; a notice is the answer to a watch."""
