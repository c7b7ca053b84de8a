"""WHO DID WHAT AND WHY IN, A CHAIN THAT SHOWS EVERY CHANGE OUT.

Each entry holds the digest of the one before, so that whoever alters, removes or cuts off entries is found out. It must
not hold names, document numbers, pixels or template bytes: objects are opaque identifiers.
"""

from fingerprint_engine.records.audit.chain import AuditEntry, AuditHead
from fingerprint_engine.records.audit.trail import head_of, read_entries
from fingerprint_engine.records.audit.verification import AuditReport, verify_audit

__all__ = ["AuditEntry", "AuditHead", "AuditReport", "head_of", "read_entries", "verify_audit"]
