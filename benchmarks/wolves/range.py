"""`Range`: the prints that wolves are made against, and how strong a candidate is there."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from benchmarks.wolves.prints import Prints
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.kernels.fusion import lines_many
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.template import Template, TemplateBatch

SCORE = 40.0
FIRST_LOOK = 48
"""Prints that a candidate meets before all others."""
NO_BOUND = 1e6


class Range:
    """The prints that wolves are made against; a forgery does not meet the finger that it was made of.

    Parameters
    ----------
    prints
        Those prints.
    rng
        Decides which of them a candidate meets first.
    is_below
        Whether strength also sees what lies below the plateau at which all scores without enough close matches end: how
        many are missing. Without it a search has nothing to climb there.
    """

    def __init__(self, prints: Prints, rng: np.random.Generator, *, is_below: bool = False) -> None:
        order = rng.permutation(len(prints.templates))
        self.donors = [prints.templates[at] for at in order]
        self.fingers = np.array([prints.fingers[at] for at in order])
        self.first, self.rest = (
            TemplateBatch.of(self.donors[:FIRST_LOOK]), TemplateBatch.of(self.donors[FIRST_LOOK:])
        )  # fmt: skip
        self._scores = scores_below if is_below else _scores

    def strength(self, template: Template, owners: tuple[str, ...], at_least: float) -> float:
        """Mean over the prints of ``FMR(40) / FMR(score)``, at most 2 each: a smooth share of acceptances.

        A candidate that does poorly on the first prints gets half of the strength that it has there.
        """
        other = ~np.isin(self.fingers, owners)
        first = _shares(self._scores(template, self.first))[other[:FIRST_LOOK]]
        if first.mean() < 0.5 * at_least:
            return float(first.mean()) * 0.5
        rest = _shares(self._scores(template, self.rest))[other[FIRST_LOOK:]]
        return float(np.concatenate([first, rest]).mean())


def scores_below(template: Template, batch: TemplateBatch) -> NDArray[np.float64]:
    """Scores with the line over supporting matches going on below the score from which it holds."""
    model = default_model()
    kinds = {name: getattr(model, name) for name in ("with_flow", "without_flow")}
    free = dataclasses.replace(model, **{name: kind._replace(bound_start=NO_BOUND) for name, kind in kinds.items()})
    matcher = Matcher(template, model=free)
    _, evidence = matcher.gather(batch)
    lines = np.empty(len(evidence))
    lines_many(evidence, 0.0, lines)
    lines += np.where(evidence["flow_known"] > 0.0, kinds["with_flow"].bound_start, kinds["without_flow"].bound_start)
    return np.asarray(np.minimum(matcher.scores(batch), lines))


def _scores(template: Template, batch: TemplateBatch) -> NDArray[np.float64]:
    return Matcher(template).scores(batch)


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    # A little beyond the threshold is a margin for unseen fingers.
    return np.asarray(np.minimum(10.0 ** ((scores - SCORE) / 10.0), 2.0))
