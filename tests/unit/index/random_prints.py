"""Templates of random minutiae, and the same print pressed once more."""

from __future__ import annotations

import numpy as np

from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, build_template

SHAPE = (400, 360)


def random_print(seed: int, minutiae: int = 30, *, digest: bytes = bytes(8), quality: int = 80) -> Template:
    """A print that mates with no other seed's."""
    return build_template(_minutiae(seed, minutiae), shape=SHAPE, quality=quality, parameters_digest=digest)


def pressed_again(seed: int, minutiae: int = 30, *, noise_px: float = 1.5, press: int = 1) -> Template:
    """The print of a seed with its minutiae a little moved, and a few of them lost."""
    original = _minutiae(seed, minutiae)
    rng = np.random.default_rng([seed, press, 77])
    kept = np.sort(rng.permutation(minutiae)[: max(2, int(0.9 * minutiae))])
    return build_template(
        Minutiae(
            original.x[kept] + rng.normal(0, noise_px, kept.size),
            original.y[kept] + rng.normal(0, noise_px, kept.size),
            original.direction[kept] + rng.normal(0, 0.08, kept.size),
            original.kind[kept],
            original.quality[kept],
        ),
        shape=SHAPE,
        quality=80,
    )


def _minutiae(seed: int, count: int) -> Minutiae:
    rng = np.random.default_rng(seed)
    return Minutiae(
        rng.uniform(40, SHAPE[1] - 40, count),
        rng.uniform(40, SHAPE[0] - 40, count),
        rng.uniform(0, 2 * np.pi, count),
        rng.integers(1, 3, count),
        rng.integers(30, 100, count),
    )
