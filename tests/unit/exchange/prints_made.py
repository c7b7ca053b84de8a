"""Templates with known minutiae, for the tests of the exchange formats."""

import numpy as np

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae import Minutiae, SingularKind, SingularPoints
from fingerprint_engine.template import Template, build_template


def made_template(
    count: int = 30,
    seed: int = 1,
    *,
    finger: Finger = Finger.LEFT_INDEX,
    impression: Impression = Impression.LIVESCAN_PLAIN,
    shape: tuple[int, int] = (400, 300),
    whole_pixels: bool = True,
) -> Template:
    """A template of random minutiae, on whole pixels and with qualities that differ."""
    rng = np.random.default_rng(seed)
    rows, cols = shape
    x, y = rng.uniform(5, cols - 5, count), rng.uniform(5, rows - 5, count)
    minutiae = Minutiae(
        np.round(x) if whole_pixels else x,
        np.round(y) if whole_pixels else y,
        rng.integers(0, 256, count) * (2 * np.pi / 256),
        rng.integers(0, 3, count),
        rng.permutation(100)[:count] + 1,
    )
    kinds = [SingularKind.CORE, SingularKind.DELTA]
    points = SingularPoints([min(150, cols - 2), 60], [min(180, rows - 2), min(330, rows - 2)], [np.pi / 2, 0.0], kinds)
    return build_template(
        minutiae, points, shape=shape, quality=77, finger=finger, impression=impression, extractor="test"
    )
