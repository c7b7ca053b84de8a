"""Synthetic people whose fingers are points: templates in a millisecond, mates that match, and no images.

For demonstrations and measurements of what is built on templates. How alike two impressions are is chosen and not
measured, so no error rate may be taken from them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fingerprint_engine.fingers import Finger
from fingerprint_engine.geometry import wrap_direction
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.synthesis.point_prints import draw_flow, make_point_print
from fingerprint_engine.template import Template, build_template

FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


class PointPeople:
    """People by number, each with ten fingers.

    Parameters
    ----------
    seed
        Fingers and impressions follow from it.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._flows = [draw_flow(np.random.default_rng([seed, number, 1])) for number in range(16)]
        self._taken = 0

    def prints(self, person: int, fingers: Iterable[Finger] = FINGERS) -> list[Template]:
        """A new impression of some fingers of a person."""
        return [self.print(person, finger) for finger in fingers]

    def print(self, person: int, finger: Finger) -> Template:
        """A new impression of one finger."""
        self._taken += 1
        return self.template(person, finger, self._taken)

    def template(self, person: int, finger: Finger, impression: int) -> Template:
        """Impression 0 is whole; others lose some minutiae and have the rest a little displaced."""
        rng = np.random.default_rng([self._seed, person, int(finger), 2])
        whole = make_point_print(self._flows[(person + int(finger)) % len(self._flows)], rng)
        minutiae = whole.minutiae
        if impression:
            draw = np.random.default_rng([self._seed, person, int(finger), 3, impression])
            kept = np.flatnonzero(draw.random(len(minutiae)) >= 0.15)
            minutiae = Minutiae(
                np.clip(minutiae.x[kept] + draw.normal(0.0, 1.2, kept.size), 0, whole.shape[1] - 1),
                np.clip(minutiae.y[kept] + draw.normal(0.0, 1.2, kept.size), 0, whole.shape[0] - 1),
                wrap_direction(minutiae.direction[kept] + draw.normal(0.0, 0.06, kept.size)),
                minutiae.kind[kept],
                minutiae.quality[kept],
            )
        return build_template(minutiae, shape=whole.shape, finger=finger, quality=70)
