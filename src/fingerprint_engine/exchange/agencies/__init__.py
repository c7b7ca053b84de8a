"""HIT OR NO HIT BETWEEN AGENCIES, in bundles that any transport carries.

In come records and keys, out goes one file, signed by its sender and sealed for its receiver; in comes such a file, out
come its records, or a refusal by name. A request names nobody; an answer says hit or no hit and gives an opaque
reference; the identity is told after examiners of both sides have confirmed it. The room must not know who searches,
answers and watches: that is `records`.
"""

from fingerprint_engine.exchange.agencies.answers import Answer
from fingerprint_engine.exchange.agencies.checking import CheckedBundle, check_bundle
from fingerprint_engine.exchange.agencies.confirmations import Confirmation, CoreData, SentIdentifier
from fingerprint_engine.exchange.agencies.directory import Directory, read_directory
from fingerprint_engine.exchange.agencies.head import BundleHead, BundleKind, new_bundle_id
from fingerprint_engine.exchange.agencies.keys import AgencyCard, AgencyKey, OwnKeys, read_own_keys
from fingerprint_engine.exchange.agencies.kinds import RECORDS_OF, BundleRecord
from fingerprint_engine.exchange.agencies.prints import SentPrint
from fingerprint_engine.exchange.agencies.requests import Request
from fingerprint_engine.exchange.agencies.watches import WatchOrder
from fingerprint_engine.exchange.agencies.writing import Outgoing, write_bundle

__all__ = [
    "RECORDS_OF",
    "AgencyCard",
    "AgencyKey",
    "Answer",
    "BundleHead",
    "BundleKind",
    "BundleRecord",
    "CheckedBundle",
    "Confirmation",
    "CoreData",
    "Directory",
    "Outgoing",
    "OwnKeys",
    "Request",
    "SentIdentifier",
    "SentPrint",
    "WatchOrder",
    "check_bundle",
    "new_bundle_id",
    "read_directory",
    "read_own_keys",
    "write_bundle",
]
