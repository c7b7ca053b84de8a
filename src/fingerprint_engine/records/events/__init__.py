"""PEOPLE AT A GATE IN, AN ANSWER WITH ITS EVIDENCE OUT.

The seven occasions on which a prison asks who somebody is, each one call of a session, logged and with a receipt. It
must not know how a score is made.
"""

from fingerprint_engine.records.events.admission import Admission, AdmissionOutcome, admit
from fingerprint_engine.records.events.check import Check, CheckOutcome, check
from fingerprint_engine.records.events.importing import Imported, NewPerson, import_people
from fingerprint_engine.records.events.movements import Movement, release, return_from_visit, transfer
from fingerprint_engine.records.events.people_search import PeopleSearch, search_people
from fingerprint_engine.records.events.roll_call import roll_call
from fingerprint_engine.records.events.roll_call_answer import (
    CaptureState,
    CardCapture,
    Presence,
    PresenceState,
    RollCall,
    Sighting,
)
from fingerprint_engine.records.events.visitors import check_visitor
from fingerprint_engine.records.events.watching import Notice, Watch, end_watch, notices, renew_watch, watch

__all__ = [
    "Admission",
    "AdmissionOutcome",
    "CaptureState",
    "CardCapture",
    "Check",
    "CheckOutcome",
    "Imported",
    "Movement",
    "NewPerson",
    "Notice",
    "PeopleSearch",
    "Presence",
    "PresenceState",
    "RollCall",
    "Sighting",
    "Watch",
    "admit",
    "check",
    "check_visitor",
    "end_watch",
    "import_people",
    "notices",
    "release",
    "renew_watch",
    "return_from_visit",
    "roll_call",
    "search_people",
    "transfer",
    "watch",
]
