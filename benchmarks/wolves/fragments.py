"""Fragments that nobody selected: scores of a few neighbouring minutiae with strangers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.wolves.prints import Prints
from benchmarks.wolves.starts import random_fragment
from fingerprint_engine.matching import Matcher

SIZES = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
FRAGMENTS = 300


def fragment_scores(prints: Prints, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores of fragments under random statements with all prints of other fingers."""
    large = [at for at, template in enumerate(prints.templates) if len(template) >= size]
    fingers, batch, scores = np.array(prints.fingers), prints.batch(), []
    for at in rng.choice(large, FRAGMENTS):
        donor = prints.templates[at]
        made = random_fragment(donor, rng, size, size).template(donor)
        scores.append(Matcher(made).scores(batch)[fingers != fingers[at]])
    return np.concatenate(scores)
