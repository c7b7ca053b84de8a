"""The fixed words of a registry: categories of people, kinds of events, actions that a policy allows or denies."""

from __future__ import annotations

CATEGORIES = ("remand", "convicted", "released", "visitor", "barred", "staff", "wanted", "foreign")
"""Whom a file is about; Directive (EU) 2016/680, article 6, asks for the distinction."""
ACTIVE, RESTRICTED, ERASED = "active", "restricted", "erased"
STATUSES = (ACTIVE, RESTRICTED, ERASED)
ADMISSION, VISIT, RETURN, TRANSFER, RELEASE = "admission", "visit", "return", "transfer", "release"
ROLL_CALL, CHECK, IMPORT, EXCHANGE, WATCH = "roll-call", "check", "import", "exchange", "watch"
ENCOUNTER_KINDS = (ADMISSION, VISIT, RETURN, TRANSFER, RELEASE, ROLL_CALL, CHECK, IMPORT, EXCHANGE, WATCH)
CUSTODY_NUMBER, NATIONAL_ID, FOREIGN_REFERENCE = "custody number", "national id", "foreign reference"
BIOMETRIC_ID, NAME, ALIAS = "biometric id", "name", "alias"
IDENTIFIER_KINDS = (CUSTODY_NUMBER, NATIONAL_ID, FOREIGN_REFERENCE, BIOMETRIC_ID, NAME, ALIAS)
UNIQUE_KINDS = (CUSTODY_NUMBER, FOREIGN_REFERENCE, BIOMETRIC_ID)
"""One issuer gives each of them once. A national document is often borrowed or forged, so it may stand in two files."""
CASE_KINDS = ("admission", "check", "roll-call", "visitor", "watch", "exchange")
MERGE, MOVE, SWAP, SPLIT = "merge", "move", "swap", "split"
PROPOSAL_KINDS = (MERGE, MOVE, SWAP, SPLIT)
PUT, DROP = "put", "drop"
FEED_ACTIONS = (PUT, DROP)
MISSING_REASONS = ("amputated", "bandaged", "damaged", "not taken")
"""Those of OSIA 7.1, and one for what simply was not done."""
SEARCH, ENROL, COMPARE, READ, CHANGE = "search", "enrol", "check", "read", "change"
PERSON_ACTIONS = (SEARCH, ENROL, COMPARE, READ, CHANGE)
"""What is allowed for categories of people."""
DECIDE, ERASE, AUDIT, WATCHING, REEXTRACT = "decide", "erase", "audit", "watch", "reextract"
ASK, ANSWER = "ask", "answer"
REGISTRY_ACTIONS = (DECIDE, ERASE, AUDIT, WATCHING, REEXTRACT, ASK, ANSWER)
"""What is allowed as a whole."""
INCOMING, OUTGOING = "in", "out"
DIRECTIONS = (INCOMING, OUTGOING)
"""Of a bundle: from another agency, or to one."""
REQUEST, ANSWERS, CONFIRMATION, CORE_DATA, WATCH_ORDER, NOTICES = (
    "request",
    "answer",
    "confirmation",
    "core data",
    "watch",
    "notice",
)
BUNDLE_KINDS = (REQUEST, ANSWERS, CONFIRMATION, CORE_DATA, WATCH_ORDER, NOTICES)
ASKED_ONCE, WATCHED, SIGHTED = "once", "watch", "sighting"
REQUEST_KINDS = (ASKED_ONCE, WATCHED, SIGHTED)
"""A question, a watch at another agency, and what such a watch found."""
BEGIN, RENEW, WITHDRAW = "begin", "renew", "withdraw"
WATCH_STEPS = (BEGIN, RENEW, WITHDRAW)
"""What is done with a watch at another agency."""
EVIDENCE_KINDS = ("templates", "matched minutiae", "none")
"""What of a hit another agency gets before the identity: enough to compute the score, its geometry, or nothing."""
