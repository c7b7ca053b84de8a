"""`UnitEvidence`: how much captures resemble the people of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, PrintDetails
from fingerprint_engine.index.search.parameters import ALL_PAIRS, SearchParameters
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import scores_that_decide
from fingerprint_engine.records.people.best_set import Reference
from fingerprint_engine.records.people.captures import Capture, probes_of
from fingerprint_engine.records.roll_call import RollCallParameters, log_ratio_of_person
from fingerprint_engine.records.roll_call.likelihood import log_ratio_of_finger
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

MAX_CANDIDATES = 5
"""Chosen: so many of those that a captured finger resembles most are looked at with all fingers."""
_FIRST_LOOK = ALL_PAIRS
_SECOND_LOOK = SearchParameters()
"""A capture that resembles nobody clearly at the first look, which compares few prints, gets that of a search."""


class UnitEvidence:
    """The best sets of a unit, and a gallery of them for captures that do not fit their card. Safe in threads.

    Parameters
    ----------
    references
        For each place of the roster the prints on file.
    parameters
        Expectations.
    settled
        Log ratio from which a person needs no second look for others.
    """

    def __init__(
        self, references: Mapping[int, Sequence[Reference]], parameters: RollCallParameters, settled: float
    ) -> None:
        self._references = references
        self._parameters = parameters
        self._settled = settled
        self._galleries: dict[bytes, Gallery] = {}

    def prepare(self) -> None:
        """Make the galleries that `everybody` looks at."""
        kinds: dict[bytes, list[tuple[str, Template, PrintDetails]]] = {}
        for place, group in self._references.items():
            for one in group:
                entry = one.print_id, one.template, PrintDetails(str(place))
                kinds.setdefault(template_digest(one.template), []).append(entry)
        for kind, prints in kinds.items():
            self._galleries[kind] = Gallery()
            self._galleries[kind].enrol_many(prints)

    def one(self, prints: Sequence[Capture], place: int) -> float:
        """Log ratio with one person."""
        return log_ratios(prints, {place: self._references.get(place, ())}, self._parameters)[place]

    def everybody(self, prints: Sequence[Capture]) -> dict[int, float]:
        """Log ratios with those of the unit who resemble at all."""
        found = self._nearest(prints, _FIRST_LOOK)
        if max(found.values(), default=0.0) < self._settled:
            found |= self._nearest(prints, _SECOND_LOOK)
        return found

    def nothing(self, prints: Sequence[Capture]) -> float:
        """Log ratio with somebody whom the capture does not resemble at all."""
        stated = np.ones(1, np.bool_)
        fingers = [
            log_ratio_of_finger(np.zeros(1), stated, len(probe) >= self._parameters.min_minutiae, self._parameters)
            for probe in probes_of(prints)
        ]
        return log_ratio_of_person(fingers, self._parameters)

    def _nearest(self, prints: Sequence[Capture], look: SearchParameters) -> dict[int, float]:
        near: set[int] = set()
        for probe in probes_of(prints):
            gallery = self._galleries.get(template_digest(probe))
            if gallery is not None:
                found = gallery.identify(probe, max_candidates=MAX_CANDIDATES, parameters=look)
                near.update(int(candidate.subject) for candidate in found.candidates)
        return log_ratios(prints, {place: self._references[place] for place in sorted(near)}, self._parameters)


def log_ratios(
    prints: Sequence[Capture], people: Mapping[int, Sequence[Reference]], parameters: RollCallParameters
) -> dict[int, float]:
    """Log ratios of all fingers of a capture with the best sets of some people."""
    fingers: dict[int, list[float]] = {place: [] for place in people}
    for probe in probes_of(prints):
        kind = template_digest(probe)
        same = {place: [q for q in group if template_digest(q.template) == kind] for place, group in people.items()}
        together = [one.template for group in same.values() for one in group]
        scores = Matcher(probe).scores(together) if together else np.zeros(0)
        scores = scores_that_decide(scores, len(probe), [len(template) for template in together])
        begin = 0
        for place, group in same.items():
            stated = np.array(
                [Finger.UNKNOWN in (probe.finger, one.finger) or probe.finger is one.finger for one in group], np.bool_
            )
            part = scores[begin : begin + len(group)]
            begin += len(group)
            is_usable = len(probe) >= parameters.min_minutiae
            fingers[place].append(log_ratio_of_finger(part, stated, is_usable, parameters))
    return {place: log_ratio_of_person(found, parameters) for place, found in fingers.items()}
