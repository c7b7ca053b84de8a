"""Whether an opened gallery is sound: its answers are those of a gallery in memory that was given the same prints."""

from __future__ import annotations

import datetime
import math

from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.templates.rules import broken_rule
from benchmarks.attacks.verdicts import check
from fingerprint_engine.errors import TemplateError
from fingerprint_engine.index import Gallery, Identification, SearchFilter
from fingerprint_engine.index.search.identification import Outcome

PROBES = (0, 3)
_STRENGTH = {Outcome.HIT: 2, Outcome.POSSIBLE: 1}


def check_sound(gallery: Gallery) -> None:
    """Every key, template and detail, and searches of two kinds.

    Raises
    ------
    Lie
        When anything is false.
    FingerprintEngineError
        When the gallery says that something cannot be read.
    """
    keys = list(gallery)
    check(len(keys) == len(gallery) == len(set(keys)), "keys are not as many as prints")
    with Gallery() as twin:
        today = datetime.datetime.now(datetime.UTC).date()
        unreadable = unsearchable = 0
        for key in keys:
            check(key in gallery, "a key that is listed is not there")
            details = gallery.details(key)
            try:
                data = gallery.get(key).to_bytes()
            except TemplateError:
                unreadable += 1
                unsearchable += details.expires is None or details.expires >= today
                continue
            check(not broken_rule(data), f"broken rule: {broken_rule(data)}")
            done = twin.enrol_many([(key, data, details)], workers=1)
            check(not done.refused, "a print is there that no gallery would take")
        for number in PROBES:
            probe = sound_template(number)
            for exhaustive in (False, True):
                found = gallery.identify(probe, exhaustive=exhaustive)
                expected = twin.identify(probe, exhaustive=exhaustive)
                _compare(found, expected, is_damaged=bool(unreadable or gallery.lost))
                if unsearchable or gallery.lost:
                    check(found.outcome is not Outcome.NO_HIT, "no hit, although prints could not be searched")
        if not (unreadable or gallery.lost):
            check(gallery.count_subjects() == twin.count_subjects(), "subjects are miscounted")
            where = SearchFilter(categories=frozenset({"custody"}))
            filtered = gallery.identify(sound_template(3), where=where).receipt
            again = twin.identify(sound_template(3), where=where).receipt
            check(filtered.eligible == again.eligible, "a filter finds other prints than the details say")


def _compare(found: Identification, expected: Identification, *, is_damaged: bool) -> None:
    scores = {candidate.key: candidate.score for candidate in found.candidates}
    right = {candidate.key: candidate.score for candidate in expected.candidates}
    check(all(math.isfinite(score) for score in scores.values()), "a candidate without a score")
    strength, most = _STRENGTH.get(found.outcome, 0), _STRENGTH.get(expected.outcome, 0)
    check(strength <= most, f"{found.outcome.value}, where a sound gallery says {expected.outcome.value}")
    if is_damaged:
        check(all(right.get(key) == score for key, score in scores.items()), "a candidate has another score")
    else:
        check(scores == right, "other candidates than a sound gallery gives")
        check(found.receipt.enrolled == expected.receipt.enrolled, "another number of prints was searched")
