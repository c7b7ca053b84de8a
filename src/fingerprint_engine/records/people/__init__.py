"""FACTS ABOUT PEOPLE IN, FROZEN RECORDS OUT.

Persons, the numbers and names they go by, the encounters in which prints were taken, and the prints. It must not know
why something is written: events decide, this room records and reads.
"""

from fingerprint_engine.records.people.best_set import Reference, best_set
from fingerprint_engine.records.people.biography import Biography, Stay, biography
from fingerprint_engine.records.people.captures import Capture
from fingerprint_engine.records.people.identifiers import Claim, Identifier
from fingerprint_engine.records.people.persons import Encounter, Person, find_persons, get_person
from fingerprint_engine.records.people.tags import Relation, Tag, link, tag, untag

__all__ = [
    "Biography",
    "Capture",
    "Claim",
    "Encounter",
    "Identifier",
    "Person",
    "Reference",
    "Relation",
    "Stay",
    "Tag",
    "best_set",
    "biography",
    "find_persons",
    "get_person",
    "link",
    "tag",
    "untag",
]
