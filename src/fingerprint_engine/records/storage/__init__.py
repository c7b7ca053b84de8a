"""ROWS IN, ROWS OUT.

The tables of a registry, their versions, and transactions in which rows, changes for the galleries and audit entries
become visible together. It must not know what the rows mean: that is the business of the other rooms.
"""

from fingerprint_engine.records.storage import schema
from fingerprint_engine.records.storage.database import Database

__all__ = ["Database", "schema"]
