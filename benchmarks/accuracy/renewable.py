"""What keyed, revocable transforms of a template cost: error rates of ways to compare in the protected domain.

Every way knows one secret for both templates, as the thief of a database and its secret would: what it loses against
the whole matcher is the price of that protection, and `docs/decisions/protection.md` says what it protects against.

    python -m benchmarks.accuracy.renewable
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.evaluation.metrics import error_curve
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, TemplateBatch, build_template
from fingerprint_engine.template.cylinders import CELLS, SECTORS

SETS = ("fvc2002_db1_b", "fvc2002_db2_b", "fvc2002_db3_b", "fvc2002_db4_b", "fvc2004_db1_b", "fvc2004_db3_b")
BLOCK_PX = 64
Floats = NDArray[np.float64]
Way = Callable[[list[Template], np.random.Generator], Floats]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    options = parser.parse_args()
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    sets = find_sets(options.data, options.sets)
    for data_set in sets:
        made = templates_of(data_set, 1)
        kept = np.flatnonzero(~made.has_failed)
        templates, fingers = [made.templates[at] for at in kept], np.array([made.samples[at].finger for at in kept])
        upper = np.triu(np.ones((len(kept), len(kept)), bool), 1)
        is_mated = fingers[:, None] == fingers[None, :]
        for name, way in WAYS.items():
            scores = way(templates, np.random.default_rng(7))
            curve = error_curve(scores[upper], is_mated[upper])
            found[name].append(100.0 * curve.equal_error_rate()[0])
        print(data_set.name, {name: round(rates[-1], 2) for name, rates in found.items()}, flush=True)
    print(f"\nEER in %, {len(sets)} sets, all pairs")
    for name, rates in found.items():
        print(f"  {name:<58}" + "".join(f"{rate:7.2f}" for rate in rates) + f"   mean {np.mean(rates):6.2f}")


def whole(templates: list[Template], rng: np.random.Generator) -> Floats:
    """The matcher, on templates as they are."""
    del rng
    batch = TemplateBatch.of(templates)
    return np.array([Matcher(one).scores(batch) for one in templates])


def permuted(templates: list[Template], rng: np.random.Generator) -> Floats:
    """Descriptors without positions, bits exchanged by a secret: distances of bits stay as they are."""
    order = rng.permutation(SECTORS * CELLS)
    taken = [(bits[:, order], valid[:, order]) for bits, valid in map(bits_of, templates)]
    return _all_pairs(taken, _masked_similarities)


def projected(count: int) -> Way:
    """Descriptors without positions as signs of so many secret projections, from which they cannot be had exactly."""

    def way(templates: list[Template], rng: np.random.Generator) -> Floats:
        axes = rng.standard_normal((SECTORS * CELLS, count)).astype(np.float32)

        def signs(template: Template) -> NDArray[np.float32]:
            bits, valid = bits_of(template)
            known = np.where(valid, bits.astype(np.float32) - bits.mean(), 0.0).astype(np.float32)
            return np.where(known @ axes > 0, 1.0, -1.0).astype(np.float32)

        return _all_pairs([signs(one) for one in templates], lambda a, b: (a @ b.T / count + 1.0) / 2.0)

    return way


def moved(move: Callable[[Floats, Floats, np.random.Generator], tuple[Floats, Floats]]) -> Way:
    """Templates whose minutiae were moved by a secret, about the middle of the print, and the whole matcher."""

    def way(templates: list[Template], rng: np.random.Generator) -> Floats:
        seed = int(rng.integers(1 << 30))
        return whole([_moved(one, move, np.random.default_rng(seed)) for one in templates], rng)

    return way


def unmoved(x: Floats, y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What is left of a template that is built of its minutiae alone, without maps."""
    del rng
    return x, y


def sheared(x: Floats, y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A secret affine map; it commutes with no turn of the finger."""
    turn, stretch = rng.uniform(0.0, np.pi), np.array([1.35, 1.0 / 1.35])
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = np.stack([x, y], axis=1) @ (axes * stretch) @ axes.T
    return points[:, 0], points[:, 1]


def exchanged(x: Floats, y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Blocks of the plane exchanged by a secret."""
    side = 16
    order = rng.permutation(side * side)
    block = np.clip(np.stack([x, y]) // BLOCK_PX + side // 2, 0, side - 1).astype(np.int64)
    new = order[block[1] * side + block[0]]
    inside = np.stack([x, y]) - (block - side // 2) * BLOCK_PX
    return inside[0] + (new % side) * BLOCK_PX, inside[1] + (new // side) * BLOCK_PX


def bits_of(template: Template) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Bits of all cylinders and which of them lie on the print, shape (n, 312)."""
    words = template.cylinders
    bits = (words[:, :, None] >> np.arange(CELLS, dtype=np.uint64)) & np.uint64(1)
    valid = np.repeat(bits[:, SECTORS:].astype(bool), SECTORS, axis=1)
    return bits[:, :SECTORS].reshape(len(words), -1).astype(bool), valid.reshape(len(words), -1)


def _masked_similarities(
    one: tuple[NDArray[np.bool_], NDArray[np.bool_]], other: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Floats:
    (a, u), (b, v) = ([part.astype(np.float32) for part in pair] for pair in (one, other))
    both, only_a, only_b = (a * u) @ (b * v).T, (a * u) @ v.T, u @ (b * v).T
    total = only_a + only_b
    return np.where(u @ v.T > 0.5 * a.shape[1], 2.0 * both / np.maximum(total, 1.0), 0.0)


def _all_pairs(taken: list, similarities: Callable[..., Floats]) -> Floats:  # type: ignore[type-arg]
    """Mean similarity of the best pairs of each two templates, each descriptor in one pair (local greedy)."""
    scores = np.zeros((len(taken), len(taken)))
    for row in range(len(taken)):
        for column in range(row + 1, len(taken)):
            scores[row, column] = _greedy(similarities(taken[row], taken[column]))
    return scores


def _greedy(similarity: Floats) -> float:
    count = min(similarity.shape)
    if not count:
        return 0.0
    wanted = min(count, 12)
    rows, columns, best = set(), set(), []
    for place in np.argsort(similarity, axis=None)[::-1]:
        row, column = divmod(int(place), similarity.shape[1])
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            best.append(float(similarity[row, column]))
            if len(best) == wanted:
                break
    return float(np.mean(best))


def _moved(
    template: Template,
    move: Callable[[Floats, Floats, np.random.Generator], tuple[Floats, Floats]],
    rng: np.random.Generator,
) -> Template:
    held = template.minutiae
    points = np.stack([held.x, held.y]).astype(np.float64)
    centred = points - points.mean(axis=1, keepdims=True)
    x, y = move(centred[0], centred[1], rng)
    x, y = x - x.min() + 8.0, y - y.min() + 8.0
    made = Minutiae(x.astype(np.float32), y.astype(np.float32), held.direction, held.kind, held.quality)
    return build_template(made, shape=(int(y.max()) + 16, int(x.max()) + 16), quality=template.quality)


WAYS: dict[str, Way] = {
    "whole matcher": whole,
    "descriptors alone, keyed permutation of their bits": permuted,
    "descriptors alone, 256 keyed projections": projected(256),
    "descriptors alone, 64 keyed projections": projected(64),
    "positions: none moved, templates of minutiae alone": moved(unmoved),
    "positions: keyed affine map": moved(sheared),
    "positions: keyed exchange of blocks of 64 px": moved(exchanged),
}

if __name__ == "__main__":
    main()
