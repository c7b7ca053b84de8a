"""Fit what turns evidence into a score: weights of the terms, and calibration to false match rates.

Twice: for comparisons in which the ridge flow of both prints is known, and for bare minutiae, as foreign records hold
them. Views of one set of real prints (`uareu` by default), no FVC image among them, are fitted together: with flow the
prints as they are, worse copies of them from a seed, small parts, and copies of stretched skin; without flow the bare
minutiae of the prints, of the worse and of the stretched copies; and both times fragments of a few neighbouring
minutiae, honest ones and forged ones, of which anything is stated. Weights are a logistic regression without negative
weights; half of the fingers is fitted and the other half judged before the final fit on all. A line over the number of
minutiae that could have contradicted bounds all scores. The calibration is the mean over these views, but for the
fragments, and synthetic prints at each raw score, with the bound in place, and an exponential tail beyond.

    python -m benchmarks.fitting.fusion --write
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import fingerprint_engine as fe
from benchmarks.accuracy.degraded_prints import altered, degraded, part_of, stretched
from benchmarks.code_version import PACKAGE, RESULTS
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.templates import templates_of
from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.starts import random_fragment
from benchmarks.wolves.statements import Area, Flow
from fingerprint_engine import synthesis
from fingerprint_engine.matching import Matcher, MatchingParameters
from fingerprint_engine.matching.kernels.fusion import TERMS, bounds_many, terms_many
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.template import Template, TemplateBatch, build_template

SEED = 20_261_124
SYNTHETIC_SEED, SYNTHETIC_FINGERS = 11, 300
MATED_SHARE = 0.02
"""Weight of all mated pairs together: low, so that the fit looks where false matches are rare."""
DECAY = 1e-5
EXTRAPOLATED_TO = 100.0
"""Score up to which the exponential tail goes on. What was measured ends near 50; a search of a million prints with one
false positive in 1,000 asks for 90, and must be able to answer."""
CEILING = 200.0
BOUND_START = {"with_flow": -25.0, "without_flow": -27.5}
"""Chosen: a score of 40 takes three matches that lie right on each other and have all ridge counts in common (each is
worth 1.55 then), or four and a half close ones where ridge flow is not known; docs/decisions/forged-scores.md."""
WEIGHT_RANGES: dict[str, dict[str, tuple[float, float | None]]] = {
    "with_flow": {"faintness": (0.0, 15.0), "overlap": (2.5, None)},
    "without_flow": {"sparseness": (0.0, 0.0)},
}
"""Chosen: weights are not negative, and these lie between. With flow a regression alone gives false matches to poor and
small prints, where mates are hard to tell, but a score has to mean the same for all; docs/decisions/matching.md, "The
same scale for good and poor prints". Without it the density of minutiae counts once already, as it stands in for the
period."""
SYNTHETIC_COUNTS = {"with_flow": 1, "without_flow": 2}
"""Chosen: how often synthetic prints count in the calibration. With flow what both prints show tells them from others;
without it nothing does, and a print must gain nothing by leaving its flow out."""
CALIBRATION_ROUNDS = 4
"""Chosen: heights move by less than 0.05 in the last."""
STATED_FLOWS = (Flow.OWN, Flow.NEAREST, Flow.ONE_CELL)
LEVELS = (10, 20, 30, 40)
TARGET = PACKAGE / "matching" / "score_model.json"
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class View:
    """Evidence of all pairs of one set of templates; or of parts of prints, each with the prints of all others.

    Mated pairs of a view that `is_forged` are of no interest: nothing is forged to be oneself.
    """

    def __init__(
        self,
        name: str,
        templates: list[Template],
        fingers: list[str],
        *,
        wholes: list[Template] | None = None,
        is_forged: bool = False,
    ) -> None:
        self.name, self.is_forged, self.is_fragments = name, is_forged, wholes is not None
        _, finger = np.unique(fingers, return_inverse=True)
        count = len(templates)
        first, second = np.triu_indices(count, 1) if wholes is None else np.nonzero(~np.eye(count, dtype=bool))
        self.finger_a, self.finger_b = finger[first], finger[second]
        self.is_mated: Flags = self.finger_a == self.finger_b
        if wholes is None:
            others = [templates[at + 1 :] for at in range(count - 1)]
        else:
            others = [wholes[:at] + wholes[at + 1 :] for at in range(count)]
        parts = [
            Matcher(probe).gather(TemplateBatch.of(batch)) for probe, batch in zip(templates, others, strict=False)
        ]
        self.stages = np.concatenate([stages for stages, _ in parts])
        self.evidence = np.concatenate([evidence for _, evidence in parts])
        self.terms = np.empty((len(self.stages), len(TERMS)))
        terms_many(self.evidence, self.terms)
        self.aligned: Flags = self.stages == 2

    def ranks(self, weights: Floats) -> Floats:
        """A number by which pairs can be ordered: raw scores, below them the pairs rejected early."""
        raw = self.terms @ weights
        lowest = raw[self.aligned].min()
        return np.where(self.aligned, raw, lowest - 1.0 + self.evidence["relaxed_similarity"])

    def non_mated(self, weights: Floats, bias: float, start: float) -> tuple[Floats, Floats]:
        """Raw scores of the aligned non-mated pairs, and the bound of each."""
        rows = ~self.is_mated & self.aligned
        bounds = np.empty(int(rows.sum()))
        bounds_many(self.evidence[rows], start, bounds)
        return self.terms[rows] @ weights + bias, bounds


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.set in FVC_SETS:
        raise SystemExit("nothing may be fitted on an FVC set")
    every = views_of(options.data, options.set)
    kinds = {kind: every[kind] for kind in options.kinds.split(",")}
    fitted: dict[str, dict[str, object]] = {}
    for kind, (views, synthetic) in kinds.items():
        print(kind)
        fitted[kind] = fit_kind(kind, views, synthetic)
    shipped = json.loads(TARGET.read_text(encoding="utf-8"))
    document: dict[str, object] = {"ceiling": CEILING} | {kind: fitted.get(kind, shipped[kind]) for kind in every}
    document["provenance"] = provenance(options.set, kinds)
    if len(kinds) < len(every):
        document["provenance"] |= {"kinds": list(kinds), "others": shipped["provenance"]}
    text = json.dumps(document, indent=1) + "\n"
    if options.write:
        TARGET.write_text(text, encoding="utf-8")
        print(f"wrote {TARGET}")
    else:
        print(text)


def fit_kind(kind: str, views: list[View], synthetic: View) -> dict[str, object]:
    """Weights, bias and calibration of one kind of comparison; prints how they do."""
    for half in (0, 1):
        seen = [(view.finger_a % 2 == half) & (view.finger_b % 2 == half) for view in views]
        unseen = [(view.finger_a % 2 != half) & (view.finger_b % 2 != half) for view in views]
        weights, _ = fit_weights(views, seen, WEIGHT_RANGES[kind])
        print(f"fitted on half {half} of the fingers, judged on the other:")
        show(views, weights, unseen)
    weights, bias = fit_weights(views, [np.ones(len(view.is_mated), bool) for view in views], WEIGHT_RANGES[kind])
    print("fitted on all:", {name: round(float(value), 3) for name, value in zip(TERMS, weights, strict=True)})
    defaults = MatchingParameters()
    reject_below = defaults.reject_below if kind == "with_flow" else defaults.reject_below_without_flow
    start = BOUND_START[kind]
    # The bound holds fragments down: in the calibration they would only make scores of the others higher.
    calibration = calibrate(
        [view for view in views if not view.is_fragments] + [synthetic] * SYNTHETIC_COUNTS[kind],
        weights,
        bias,
        start,
        reject_below,
    )
    knots, heights = np.array(calibration["knots"]), np.array(calibration["heights"])
    for view in [*views, synthetic]:
        raw, bounds = view.non_mated(weights, bias, start)
        scores = np.minimum(np.interp(raw, knots, heights), bounds)
        rates_at = [float((scores >= level).sum() / (~view.is_mated).sum()) for level in LEVELS]
        print(f"  {view.name:24s} FMR at scores {LEVELS}:", " ".join(f"{value:.1e}" for value in rates_at))
    return (
        {"weights": dict(zip(TERMS, weights.round(6).tolist(), strict=True)), "bias": round(bias, 6)}
        | calibration
        | {"bound_start": start}
    )


def views_of(data: Path, name: str) -> dict[str, tuple[list[View], View]]:
    """For each kind of comparison the views of the set, and that of synthetic prints."""
    (data_set,) = find_sets(data, [name])
    made = templates_of(data_set, workers=1)
    kept = [at for at, failed in enumerate(made.has_failed) if not failed]
    templates, fingers = [made.templates[at] for at in kept], [made.samples[at].finger for at in kept]
    rng = np.random.default_rng(SEED)
    worse, worse_fingers = altered(data_set, degraded, rng)
    parts, parts_fingers = altered(data_set, part_of, rng)
    drawn, drawn_fingers = altered(data_set, stretched, np.random.default_rng(SEED + 1))
    print(f"{len(templates)} templates of {len(data_set.images)}; {len(worse)} worse copies, {len(parts)} small parts")
    plain, plain_worse = [bare(template) for template in templates], [bare(template) for template in worse]
    few, few_bare = [fragment(template, rng) for template in templates], [fragment(template, rng) for template in plain]
    forged = [forgery(template, rng, STATED_FLOWS) for template in templates[::2]]
    forged_bare = [forgery(template, rng, (Flow.UNKNOWN,)) for template in plain[::2]]
    synthetic_templates, owners = synthetic_prints()
    return {
        "with_flow": (
            [
                View(name, templates, fingers),
                View(f"{name}, degraded", worse, worse_fingers),
                View(f"{name}, small parts", parts, parts_fingers),
                View(f"{name}, stretched", drawn, drawn_fingers),
                View(f"{name}, few minutiae", few, fingers, wholes=templates),
                View(f"{name}, forged", forged, fingers[::2], wholes=templates[::2], is_forged=True),
            ],
            View("synthetic", synthetic_templates, owners),
        ),
        "without_flow": (
            [
                View(f"{name}, bare", plain, fingers),
                View(f"{name}, degraded, bare", plain_worse, worse_fingers),
                View(f"{name}, stretched, bare", [bare(template) for template in drawn], drawn_fingers),
                View(f"{name}, few minutiae, bare", few_bare, fingers, wholes=plain),
                View(f"{name}, forged, bare", forged_bare, fingers[::2], wholes=plain[::2], is_forged=True),
            ],
            View("synthetic, bare", [bare(template) for template in synthetic_templates], owners),
        ),
    }


def synthetic_prints() -> tuple[list[Template], list[str]]:
    """Prints of fingers that nobody has, at many qualities; grown once and kept with the results."""
    folder = RESULTS / f"synthetic_{SYNTHETIC_SEED}"
    if not (folder / "MANIFEST.csv").is_file():  # written last
        shutil.rmtree(folder, ignore_errors=True)
        for _ in synthesis.write_population(folder, fingers=SYNTHETIC_FINGERS, impressions=2, seed=SYNTHETIC_SEED):
            pass
    outcomes = fe.extract_many(sorted(folder.glob("*.png")))
    made = [(Path(key).stem.split("_")[0], item) for key, item in outcomes if isinstance(item, Template)]
    return [item for _, item in made], [finger for finger, _ in made]


def bare(template: Template) -> Template:
    """What a foreign minutiae record would hold: no area, no ridge flow, no quality."""
    found = template.minutiae
    unknown = np.full(len(found), 255, np.uint8)
    minutiae = Minutiae(found.x, found.y, found.direction, found.kind, unknown)
    return build_template(minutiae, shape=template.shape)


def fragment(template: Template, rng: np.random.Generator) -> Template:
    """The 2 to 20 minutiae around one of them, and the area between them."""
    found = template.minutiae
    if len(found) < 2:
        return template
    centre = rng.integers(len(found))
    distance = np.hypot(found.x - found.x[centre], found.y - found.y[centre])
    kept = np.argsort(distance, kind="stable")[: rng.integers(2, 21)]
    return Forgery.of(template, kept, area=Area.HULL).template(template)


def forgery(template: Template, rng: np.random.Generator, flows: tuple[Flow, ...]) -> Template:
    """Some of 2 to 20 minutiae, with anything stated of area, quality and period, and some of ridge flow."""
    if len(template) < 2:
        return template
    forged = random_fragment(template, rng, fewest=2, most=20)
    return dataclasses.replace(forged, flow=flows[int(rng.integers(len(flows)))]).template(template)


def fit_weights(
    views: list[View], chosen: list[Flags], ranges: dict[str, tuple[float, float | None]]
) -> tuple[Floats, float]:
    """Weights (not negative) and bias of a logistic regression over the aligned pairs; all views count the same.

    Some weights lie in ranges of their own.
    """
    rows = [flags & view.aligned & ~(view.is_forged & view.is_mated) for view, flags in zip(views, chosen, strict=True)]
    terms = np.concatenate([view.terms[row] for view, row in zip(views, rows, strict=True)])
    sign = np.concatenate([np.where(view.is_mated[row], 1.0, -1.0) for view, row in zip(views, rows, strict=True)])
    share = np.concatenate(
        [
            np.where(
                view.is_mated[row],
                MATED_SHARE / max(view.is_mated[row].sum(), 1),
                (1.0 - MATED_SHARE) / (~view.is_mated[row]).sum(),
            )
            for view, row in zip(views, rows, strict=True)
        ]
    ) / len(views)
    middle, spread = terms.mean(axis=0), terms.std(axis=0) + 1e-9
    scaled = (terms - middle) / spread

    def loss(point: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ point[:-1] + point[-1])
        pull = -sign * share / (1.0 + np.exp(np.clip(margin, -500.0, 500.0)))
        value = float((share * np.logaddexp(0.0, -margin)).sum() + DECAY * (point[:-1] ** 2).sum())
        return value, np.append(scaled.T @ pull + 2.0 * DECAY * point[:-1], pull.sum())

    limits = [ranges.get(name, (0.0, None)) for name in TERMS]
    bounds = [
        (low * scale, None if high is None else high * scale) for (low, high), scale in zip(limits, spread, strict=True)
    ]
    start = np.array([low for low, _ in bounds] + [0.0])
    bounds.append((None, None))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    weights = found.x[:-1] / spread
    return weights, float(found.x[-1] - weights @ middle)


def show(views: list[View], weights: Floats, chosen: list[Flags]) -> None:
    for view, rows in zip(views, chosen, strict=True):
        if view.is_forged:
            continue
        ranks, is_mated = view.ranks(weights)[rows], view.is_mated[rows]
        found = " ".join(f"{value:.2f}" for value in rates(ranks, is_mated))
        print(f"  {view.name:24s} EER, FNMR at FMR 1 % and 0.1 %: {found}")


def rates(ranks: Floats, is_mated: Flags) -> tuple[float, float, float]:
    """EER, FNMR at FMR 1 % and at 0.1 %, in percent."""
    mated, other = np.sort(ranks[is_mated]), np.sort(ranks[~is_mated])
    thresholds = np.unique(ranks)
    fnmr = np.searchsorted(mated, thresholds) / len(mated)
    fmr = 1.0 - np.searchsorted(other, thresholds) / len(other)
    at = int(np.argmin(np.abs(fnmr - fmr)))
    low = [100.0 * float(np.min(np.where(fmr <= limit, fnmr, 1.0))) for limit in (0.01, 0.001)]
    return 50.0 * float(fnmr[at] + fmr[at]), low[0], low[1]


def calibrate(views: list[View], weights: Floats, bias: float, start: float, reject_below: float) -> dict[str, object]:
    """Knots of -10 log10(FMR) over raw scores and, for early rejection, relaxed similarity.

    The FMR is the mean over the views of real prints, good, poor and small, and over synthetic prints, which are more
    similar to each other than real ones; a view counts as often as it is given. A pair counts up to its bound, so that
    what the bound holds down does not lower the scores of others. `benchmarks.accuracy.calibration` checks it on unseen
    prints.
    """
    free, bounds, totals, early = [], [], [], []
    levels = -np.arange(1, 17) / 4.0  # decades of FMR that the data resolve
    knots: set[float] = set()
    for view in views:
        raw, bound = view.non_mated(weights, bias, start)
        order, non_mated = np.argsort(raw), ~view.is_mated
        raw, total = raw[order], int(non_mated.sum())
        free.append(raw)
        bounds.append(bound[order])
        totals.append(total)
        early.append((np.sort(view.evidence["relaxed_similarity"][non_mated & ~view.aligned]), len(raw), total))
        knots |= {float(raw[-max(int(total * 10.0**level), 1)]) for level in levels if total * 10.0**level < len(raw)}
    every = np.array(sorted(knots | {min(raw[0] for raw in free)}))
    # Exponential tail: mean excess of the highest 0.1 % of the non-mated pairs of each view, the longest tail counts.
    excess = [
        float((tail - tail[0]).mean())
        for tail in (raw[-max(total // 1000, 20) :] for raw, total in zip(free, totals, strict=True))
    ]
    slope = 10.0 / np.log(10.0) / max(excess)
    counted = free
    for _ in range(CALIBRATION_ROUNDS):
        passed = [len(raw) - np.searchsorted(raw, every) for raw in counted]
        fmr = np.mean([above / total for above, total in zip(passed, totals, strict=True)], axis=0)
        places, heights = every[fmr > 5e-5], np.maximum.accumulate(-10.0 * np.log10(fmr[fmr > 5e-5]))
        # Up to the extrapolation's end, then a tenth as steep: what lies beyond keeps its order and claims little.
        end = places[-1] + (EXTRAPOLATED_TO - heights[-1]) / slope
        places = np.append(places, [end, end + 100.0])
        heights = np.append(heights, [EXTRAPOLATED_TO, EXTRAPOLATED_TO + 10.0 * slope])
        # Where a bound is reached depends on the heights: found by repetition.
        counted = [
            np.sort(np.minimum(raw, np.interp(bound, heights, places))) for raw, bound in zip(free, bounds, strict=True)
        ]
    early_places = np.linspace(0.0, reject_below, 30)
    shares = [(len(seen) - np.searchsorted(seen, early_places) + passed) / total for seen, passed, total in early]
    early_heights = np.maximum.accumulate(-10.0 * np.log10(np.mean(shares, axis=0)))
    return {
        "knots": places.round(6).tolist(),
        "heights": heights.round(4).tolist(),
        "early_knots": early_places.round(6).tolist(),
        "early_heights": np.minimum(early_heights, heights[0]).round(4).tolist(),
    }


def provenance(name: str, kinds: dict[str, tuple[list[View], View]]) -> dict[str, object]:
    views = [view for fitted, synthetic in kinds.values() for view in (*fitted, synthetic)]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "script": "benchmarks/fitting/fusion.py",
        "data": f"{name}: its prints, degraded copies, small parts, stretched copies, bare minutiae, fragments "
        f"(seeds {SEED} and, stretched, {SEED + 1}); "
        f"calibration also {SYNTHETIC_FINGERS} synthetic fingers x 2 (seed {SYNTHETIC_SEED})",
        "mated_pairs": {view.name: int(view.is_mated.sum()) for view in views},
        "non_mated_pairs": {view.name: int((~view.is_mated).sum()) for view in views},
        "matching_parameters": MatchingParameters().digest().hex(),
        "pipeline_parameters": DEFAULT_PARAMETERS.digest().hex(),
        "package": fe.__version__,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting.fusion", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--set", default="uareu", help="the set to fit on; never one of FVC")
    parser.add_argument("--kinds", default=",".join(BOUND_START), help="those to fit; others stay as they are shipped")
    parser.add_argument("--write", action="store_true", help="replace the model that ships with the package")
    return parser


if __name__ == "__main__":
    main()
