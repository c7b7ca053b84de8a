"""Whether learned descriptors earn their place: on minutiae and on pairs of real prints, with and without them.

`uareu` and worse copies of it; nothing of it was trained on, and what is fitted is fitted on one half of its fingers
and judged on the other.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.fitting.fusion import fit_weights, rates
from numpy.typing import NDArray

from fingerprint_engine.matching.model import default_model
from training.descriptor_network import Encoder
from training.descriptor_views import (
    DescribedView,
    Floats,
    Prints,
    agreement,
    descriptor_terms,
    read_prints,
)

NAMES = ("uareu", "uareu, degraded")
SHARES = (1e-2, 1e-3, 1e-4)
MIN_SCORE = 30.0
"""Pairs of prints that score so high have mated minutiae; what is matched in lower ones may be chance."""
BLENDED = 0.3
RESAMPLES = 1000


def judge(encoders: dict[str, Encoder], data: Path = DEFAULT_DATA, impressions: int = 8) -> None:
    """Print both tables for all encoders; the last one named is also tried as part of the pairing similarity."""
    with ProcessPoolExecutor(len(NAMES)) as pool:
        made = list(pool.map(_view, [data] * 2, NAMES, [encoders] * 2, [impressions] * 2))
    for prints, view, _ in made:
        print(f"\n{view.name}: {len(prints.templates)} prints")
        show_minutiae(prints, view)
    plain, blended = [view for _, view, _ in made], [view for _, _, view in made]
    codes = [prints.vectors for prints, _, _ in made]
    variants = {"as it is": [view.terms for view in plain]}
    for name in codes[0]:
        if name.startswith("sketch"):
            continue
        # Convincing is what 1 % of non-mated minutiae reach; that is counted on good prints.
        limit = float(np.quantile(agreement(codes[0][name], plain[0].non_mated), 0.99))
        variants[f"with {name}"] = [
            np.hstack([view.terms, descriptor_terms(view, agreement(code[name], view.matches), limit)])
            for view, code in zip(plain, codes, strict=True)
        ]
    base = judged(plain, variants["as it is"])
    print("\nEER / FNMR at FMR 0.1 %, less that without descriptors [95 % over fingers], halves in turn")
    for name, terms in variants.items():
        _print_rates(name, plain, judged(plain, terms), base, plain)
    last = f"{list(encoders)[-1]} 64"
    limit = float(np.quantile(agreement(codes[0][last], plain[0].non_mated), 0.99))
    _print_rates(f"paired by {last}", blended, judged(blended, [view.terms for view in blended]), base, plain)
    both = [
        np.hstack([view.terms, descriptor_terms(view, agreement(code[last], view.matches), limit)])
        for view, code in zip(blended, codes, strict=True)
    ]
    _print_rates(f"paired by and with {last}", blended, judged(blended, both), base, plain)


def _view(
    data: Path, name: str, encoders: dict[str, Encoder], impressions: int
) -> tuple[Prints, DescribedView, DescribedView]:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    prints = read_prints(data, impressions, name != NAMES[0], encoders)
    view = DescribedView(name, prints)
    blend = (f"{list(encoders)[-1]} 64", BLENDED)
    # With another similarity as many non-mated pairs shall be rejected early as without.
    few = _part(prints, 4)
    rejected = 1.0 - view.aligned[~view.is_mated].mean()
    sample = DescribedView(name, few, blend, reject_below=0.0)
    limit = float(np.quantile(sample.evidence["relaxed_similarity"][~sample.is_mated], rejected))
    return prints, view, DescribedView(name, prints, blend, reject_below=limit)


def _part(prints: Prints, step: int) -> Prints:
    """Every so many-th print."""
    chosen = np.arange(0, len(prints.templates), step)
    rows = np.concatenate([np.arange(prints.first[k], prints.first[k + 1]) for k in chosen])
    templates = [prints.templates[k] for k in chosen]
    first = np.concatenate([[0], np.cumsum([len(template) for template in templates])])
    vectors = {name: values[rows] for name, values in prints.vectors.items()}
    return Prints(templates, prints.fingers[chosen], first, vectors)


def show_minutiae(prints: Prints, view: DescribedView) -> None:
    """Share of mated minutiae that are nearer than all but a share of non-mated ones, by each descriptor."""
    fusion = default_model().with_flow
    score = np.interp(view.terms @ fusion.weights + fusion.bias, fusion.knots, fusion.heights)
    sure = (view.is_mated & view.aligned & (score >= MIN_SCORE))[view.matches[0]]
    mates = tuple(column[sure] for column in view.matches)
    print(f"{sure.sum()} mated pairs of minutiae, {len(view.non_mated[0])} non-mated")
    sides = [mates, view.non_mated]
    similar = [rows[3].astype(np.float64) for rows in sides]
    half = [view.finger_a[rows[0]] % 2 for rows in sides]
    _print_shares("cylinders and ridge flow", *similar)
    for name, vectors in prints.vectors.items():
        alike = [agreement(vectors, rows).astype(np.float64) for rows in sides]
        _print_shares(name, *alike)
        both = [np.stack(pair, axis=1) for pair in zip(similar, alike, strict=True)]
        sums = [np.zeros(len(values)) for values in both]
        for at in (0, 1):
            direction = discriminant(*(values[h == at] for values, h in zip(both, half, strict=True)))
            unseen = [values[h != at] @ direction for values, h in zip(both, half, strict=True)]
            for total, h, value in zip(sums, half, unseen, strict=True):
                total[h != at] = (value - unseen[1].mean()) / unseen[1].std()
        _print_shares(f"  with cylinders ({name})", *sums)


def discriminant(mates: Floats, others: Floats) -> Floats:
    """The direction in which two classes differ most against their spread (Fisher)."""
    spread = np.cov(mates.T) + np.cov(others.T)
    return np.linalg.solve(spread, mates.mean(axis=0) - others.mean(axis=0))


def _print_shares(name: str, mates: Floats, others: Floats) -> None:
    shares = [float((mates > np.quantile(others, 1.0 - share)).mean()) for share in SHARES]
    print(f"  {name:34s}" + " ".join(f"{100.0 * share:5.1f}" for share in shares), flush=True)


def judged(views: list[DescribedView], terms: list[Floats]) -> list[list[Floats]]:
    """Ranks of all pairs of each view by weights fitted on half 0 and on half 1 of the fingers."""
    kept = [view.terms for view in views]
    for view, values in zip(views, terms, strict=True):
        view.terms = values
    found: list[list[Floats]] = [[] for _ in views]
    for half in (0, 1):
        seen = [(view.finger_a % 2 == half) & (view.finger_b % 2 == half) for view in views]
        weights, _ = fit_weights(views, seen)  # type: ignore[arg-type]
        for ranks, view in zip(found, views, strict=True):
            ranks.append(view.ranks(weights))
    for view, values in zip(views, kept, strict=True):
        view.terms = values
    return found


def _print_rates(
    name: str,
    views: list[DescribedView],
    ranks: list[list[Floats]],
    base: list[list[Floats]],
    plain: list[DescribedView],
) -> None:
    texts = []
    for view, mine, view_0, other in zip(views, ranks, plain, base, strict=True):
        unseen = [(view.finger_a % 2 != half) & (view.finger_b % 2 != half) for half in (0, 1)]
        found = [rates(mine[half][rows], view.is_mated[rows]) for half, rows in enumerate(unseen)]
        eer, fnmr = (float(np.mean([rate[k] for rate in found])) for k in (0, 2))
        change, low, high = difference(view, mine, view_0, other)
        texts.append(f"{view.name} {eer:5.2f} / {fnmr:5.2f}, {change:+.2f} [{low:+.2f}, {high:+.2f}]")
    print(f"  {name:32s}{'   '.join(texts)}", flush=True)


def difference(
    view: DescribedView, mine: list[Floats], view_0: DescribedView, other: list[Floats]
) -> tuple[float, float, float]:
    """FNMR at FMR 0.1 %, percent, less that of the others, and its 95 % interval over fingers (paired bootstrap)."""
    rng, fingers = np.random.default_rng(0), int(view.finger_a.max()) + 1
    draws = [np.ones(fingers)] + [
        np.bincount(rng.integers(0, fingers, fingers), minlength=fingers).astype(np.float64) for _ in range(RESAMPLES)
    ]
    changes = np.zeros(len(draws))
    for half in (0, 1):
        for sign, one, ranks in ((1.0, view, mine[half]), (-1.0, view_0, other[half])):
            rows = (one.finger_a % 2 != half) & (one.finger_b % 2 != half)
            order = np.flatnonzero(rows)[np.argsort(-ranks[rows], kind="stable")]
            is_mated, a, b = one.is_mated[order], one.finger_a[order], one.finger_b[order]
            changes += [sign * 50.0 * weighted_fnmr(is_mated, np.where(is_mated, w[a], w[a] * w[b])) for w in draws]
    return float(changes[0]), float(np.percentile(changes[1:], 2.5)), float(np.percentile(changes[1:], 97.5))


def weighted_fnmr(is_mated: NDArray[np.bool_], weight: Floats) -> float:
    """FNMR at FMR 0.1 % of pairs in falling order of likeness, each of some weight."""
    false = np.cumsum(np.where(is_mated, 0.0, weight))
    accepted = false <= 1e-3 * false[-1]
    total = weight[is_mated].sum()
    return float(weight[is_mated & ~accepted].sum() / total) if total > 0.0 else 0.0
