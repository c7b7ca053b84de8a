"""`evaluation_page`: error rates, curves, costs and failures of an evaluation, and its worst errors as pictures.

The sentences are in ``templates/evaluation.html``; here is what they show.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from typing import Any

import numpy as np

from fingerprint_engine.evaluation import Interval, Sample, error_curve
from fingerprint_engine.evaluation.report import HEADINGS
from fingerprint_engine.matching import compare, score_of_fmr
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.reports.circumstances import circumstances
from fingerprint_engine.reports.evaluation_curves import RATE_NAMES, curves
from fingerprint_engine.reports.evaluation_run import Evaluation
from fingerprint_engine.reports.kept_templates import rules_of
from fingerprint_engine.reports.rendering import Figure, figure, render
from fingerprint_engine.reports.worst_pairs import WorstPair, reason_in_words, worst_pairs
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_match

SHOWN_FMR = 0.001
"""False match rate at which the pictures of errors are told from those of near errors."""
CONTENTS = (
    ("made", "How it was made"),
    ("verification", "Verification"),
    ("thresholds", "Thresholds for these prints"),
    ("identification", "Identification"),
    ("cost", "Time and size"),
    ("failures", "Failures to extract"),
    ("curves", "Curves"),
    ("mated", "Worst mated comparisons"),
    ("non-mated", "Worst non-mated comparisons"),
)
MATCH_DPI = 125.0


def evaluation_page(
    evaluation: Evaluation,
    *,
    errors_shown: int = 5,
    with_prints: bool = True,
    made_at: datetime.datetime | None = None,
) -> str:
    """One HTML page that needs nothing else.

    Parameters
    ----------
    evaluation
        What `run_evaluation` measured; the images of the worst pairs are read again.
    errors_shown
        Worst comparisons of each kind to draw.
    with_prints
        Whether prints are shown; a page that goes to others says without them which comparisons were worst, and why.
    made_at
        When the evaluation was made; now where left out.

    Raises
    ------
    MissingExtra
        When the extra ``reports`` is not installed.
    """
    table, summary = evaluation.table, evaluation.report
    is_mated = table.is_mated
    curve = error_curve(table.score, is_mated)
    threshold = float(curve.threshold[curve.at_fmr(SHOWN_FMR)])
    mated, non_mated = worst_pairs(table, errors_shown)
    positions = {sample: position for position, sample in enumerate(evaluation.plan.samples)}
    return render(
        "evaluation.html",
        title=f"Evaluation of {summary.name}",
        summary=summary,
        circumstances=circumstances(evaluation, made_at),
        contents=CONTENTS,
        scores_name=evaluation.scores.name,
        tiles=_tiles(evaluation),
        thresholds=_thresholds(evaluation),
        rates=_rates(evaluation),
        fmr_allowed=f"{100 * min(1.0, 3.0 / summary.non_mated):.2g}",
        fnmr_allowed=f"{100 * min(1.0, 3.0 / summary.mated):.2g}",
        curves=curves(evaluation, curve),
        searches=evaluation.searches,
        search_rates=_search_rates(evaluation),
        costs=_costs(evaluation),
        failures=_failures(evaluation),
        shown_fmr=f"{100 * SHOWN_FMR:g}",
        threshold=f"{threshold:.1f}" if math.isfinite(threshold) else None,
        false_non_matches=int((table.score[is_mated] < threshold).sum()),
        false_matches=int((table.score[~is_mated] >= threshold).sum()),
        with_prints=with_prints,
        worst_mated=[_worst(evaluation, positions, pair, threshold, with_prints) for pair in mated],
        worst_non_mated=[_worst(evaluation, positions, pair, threshold, with_prints) for pair in non_mated],
    )


def _tiles(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """The figures that a reader looks for first: name, percentage, what it rests on."""
    summary, found = evaluation.report, evaluation.searches
    tiles = []
    for name in ("eer", "fnmr_at_fmr_01_percent"):
        interval = summary.intervals.get(name)
        below = "" if interval is None else f"95 % interval: {_interval(interval)}"
        tiles.append((RATE_NAMES[name], f"{100 * getattr(summary.rates, name):.2f}", below))
    if found is not None:
        tiles.append(("rank-1 hit rate", f"{100 * found.cmc()[0]:.2f}", f"{len(found)} searches"))
    below = f"{summary.failures} of {summary.samples} prints"
    return [*tiles, ("failures to extract", f"{100 * summary.failures / summary.samples:.2f}", below)]


def _rates(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    summary = evaluation.report
    rows = []
    for name, heading in HEADINGS.items():
        interval, rate = summary.intervals.get(name), getattr(summary.rates, name)
        rows.append((RATE_NAMES.get(name, heading), f"{100 * rate:.2f}", _interval(interval)))
    ftx = f"FTX: {summary.failures} of {summary.samples} prints gave no template"
    return [*rows, (ftx, f"{100 * summary.failures / summary.samples:.2f}", "–")]


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    if interval.high == 0.0:
        return "no error seen"  # "0 to 0" would claim a certainty that no error in few comparisons does not give
    return f"{100 * interval.low:.2f} to {100 * interval.high:.2f}"


def _thresholds(evaluation: Evaluation) -> list[tuple[str, ...]]:
    """Limit, threshold with interval, what it costs, and what the calibration says."""
    rows: list[tuple[str, ...]] = []
    for one in evaluation.thresholds:
        limit, stated = f"{one.max_fmr:.0e}".replace("e-0", "e-"), f"{score_of_fmr(one.max_fmr):.0f}"
        if one.threshold is None or one.fnmr is None:
            rows.append((limit, f"needs {one.needed:,} non-mated", "–", "–", stated))
            continue
        interval = "–" if one.interval is None else f"{one.interval.low:.1f} to {one.interval.high:.1f}"
        rows.append((limit, f"{one.threshold:.1f}", interval, f"{100 * one.fnmr:.2f}", stated))
    return rows


def _search_rates(evaluation: Evaluation) -> list[tuple[str, str]]:
    found = evaluation.searches
    return [] if found is None else [(name, f"{100 * rate:.2f}") for name, rate in found.rates().items()]


def _costs(evaluation: Evaluation) -> list[tuple[str, str]]:
    extracted, compared = evaluation.extracted, evaluation.compared
    templates = [item for item in extracted.outcomes if isinstance(item, Template)]
    return [
        ("extraction of an image, wall time", _each(1e3 * extracted.seconds, extracted.made, "ms")),
        ("comparison, mean", _each(1e6 * compared.seconds, compared.made, "µs")),
        ("workers (threads of extraction)", str(evaluation.workers)),
        ("template, median", f"{np.median([len(item.to_bytes()) for item in templates]):,.0f} bytes"),
        ("minutiae, median", f"{np.median([len(item) for item in templates]):.0f}"),
    ]


def _each(total: float, count: int, unit: str) -> str:
    return f"{total / count:,.1f} {unit}" if count else "made by an earlier run"


def _failures(evaluation: Evaluation) -> dict[str, list[tuple[str, str]]]:
    """Prints without a template, and the reason, under how often each reason occurs."""
    outcomes = zip(evaluation.plan.samples, evaluation.extracted.outcomes, strict=True)
    prints = [(_name(sample), why) for sample, why in outcomes if isinstance(why, str)]
    counts = Counter(why.partition(":")[0] for _, why in prints)
    return {"counts": [(reason, str(count)) for reason, count in counts.most_common()], "prints": prints}


def _worst(
    evaluation: Evaluation, positions: dict[Sample, int], pair: WorstPair, threshold: float, with_prints: bool
) -> dict[str, object]:
    """One comparison of the list of worst errors, drawn; images and templates are those of the run."""
    samples = [evaluation.table.samples[side] for side in (pair.probe, pair.reference)]
    images = [evaluation.plan.images[positions[sample]] for sample in samples]
    probe, reference = (evaluation.extracted.template(positions[sample]) for sample in samples)
    comparison = compare(probe, reference)
    if pair.is_mated:
        verdict = "a false non-match" if pair.score < threshold else "not an error"
    else:
        verdict = "a false match" if pair.score >= threshold else "not an error"
    title = f"{_name(samples[0])} and {_name(samples[1])}"
    reason = reason_in_words(comparison, probe, reference, is_mated=pair.is_mated)
    drawn: list[Figure] = []
    if with_prints:
        pixels = [load_image(image.path, **rules_of(image, evaluation.rules)) for image in images]
        shown: dict[str, Any] = {"probe_image": pixels[0], "reference_image": pixels[1]}
        shown |= {"probe_name": _name(samples[0]), "reference_name": _name(samples[1])}
        said = f"{title}: score {pair.score:.1f}, {verdict}; {len(comparison.pairs)} pairs, "
        said += f"{len(comparison.contradicted_probe)} + {len(comparison.contradicted_reference)} contradicted"
        drawn = [
            figure(
                draw_match(comparison, probe, reference, title=verdict, **shown),
                "What was compared: probe left, reference right",
                dpi=MATCH_DPI,
                alt=said,
            ),
            figure(
                draw_match(comparison, probe, reference, marks=False, **shown),
                "The same without marks",
                dpi=MATCH_DPI,
                alt=f"{title} without marks; quality {probe.quality} and {reference.quality} of 100",
            ),
        ]
    return {"title": title, "score": f"{pair.score:.1f}", "verdict": verdict, "reason": reason, "figures": drawn}


def _name(sample: Sample) -> str:
    """How a report calls a print: by the labels that the caller gave."""
    return f"{sample.finger}_{sample.impression}"
