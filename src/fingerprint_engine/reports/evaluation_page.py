"""`evaluation_page`: error rates, curves, costs and failures of an evaluation, and its worst errors as pictures.

The sentences are in ``templates/evaluation.html``; here is what they show.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from fingerprint_engine.evaluation import ErrorCurve, Interval, Sample, error_curve
from fingerprint_engine.evaluation.report import HEADINGS
from fingerprint_engine.matching import compare
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.reports.evaluation_run import Evaluation
from fingerprint_engine.reports.kept_templates import rules_of
from fingerprint_engine.reports.rendering import Figure, figure, render
from fingerprint_engine.reports.worst_pairs import WorstPair, reason_in_words, worst_pairs
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_cmc, draw_det, draw_histograms, draw_match, draw_rates_by_score

SHOWN_FMR = 0.001
"""False match rate at which the pictures of errors are told from those of near errors."""
RATE_NAMES = {
    "eer": "EER",
    "fnmr_at_fmr_1_percent": "FNMR at FMR ≤ 1 %",
    "fnmr_at_fmr_01_percent": "FNMR at FMR ≤ 0.1 %",
    "zero_fmr": "ZeroFMR: FNMR without any false match",
}
CURVE_DPI, MATCH_DPI = 130.0, 100.0


def evaluation_page(evaluation: Evaluation, *, errors_shown: int = 5) -> str:
    """One HTML page that needs nothing else.

    Parameters
    ----------
    evaluation
        What `run_evaluation` measured; the images of the worst pairs are read again.
    errors_shown
        Worst comparisons of each kind to draw.

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
        tiles=_tiles(evaluation),
        rates=_rates(evaluation),
        fmr_allowed=f"{100 * min(1.0, 3.0 / summary.non_mated):.2g}",
        fnmr_allowed=f"{100 * min(1.0, 3.0 / summary.mated):.2g}",
        curves=_curves(evaluation, curve),
        searches=evaluation.searches,
        search_rates=_search_rates(evaluation),
        costs=_costs(evaluation),
        failures=_failures(evaluation),
        shown_fmr=f"{100 * SHOWN_FMR:g}",
        threshold=f"{threshold:.1f}" if math.isfinite(threshold) else None,
        false_non_matches=int((table.score[is_mated] < threshold).sum()),
        false_matches=int((table.score[~is_mated] >= threshold).sum()),
        worst_mated=[_worst(evaluation, positions, pair, threshold) for pair in mated],
        worst_non_mated=[_worst(evaluation, positions, pair, threshold) for pair in non_mated],
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


def _curves(evaluation: Evaluation, curve: ErrorCurve) -> list[Figure]:
    table, summary, found = evaluation.table, evaluation.report, evaluation.searches
    is_mated = table.is_mated
    det = draw_det(curve.fmr, curve.fnmr, non_mated=summary.non_mated, mated=summary.mated, eer=summary.rates.eer)
    drawn = [
        (
            det,
            "DET: what each false match rate costs in false non-matches; nearer to the lower left is better. "
            "Grey: less than one comparison, that is no error seen",
        ),
        (
            draw_rates_by_score(curve.threshold, curve.fmr, curve.fnmr),
            "FMR and FNMR against the threshold. Dashed: the FMR that a score states, which the measured one should "
            "not exceed",
        ),
        (
            draw_histograms(table.score[is_mated], table.score[~is_mated]),
            "Scores of mated pairs (one finger) and non-mated pairs (two fingers); the less they overlap the better",
        ),
    ]
    if found is not None:
        drawn.append((draw_cmc(found.cmc()), f"CMC of {len(found)} searches in {found.references} fingers"))
    return [figure(picture, caption, dpi=CURVE_DPI) for picture, caption in drawn]


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
    evaluation: Evaluation, positions: dict[Sample, int], pair: WorstPair, threshold: float
) -> dict[str, object]:
    """One comparison of the list of worst errors, drawn; images and templates are those of the run."""
    samples = [evaluation.table.samples[side] for side in (pair.probe, pair.reference)]
    images = [evaluation.plan.images[positions[sample]] for sample in samples]
    probe, reference = (evaluation.extracted.template(positions[sample]) for sample in samples)
    comparison = compare(probe, reference)
    pixels = [load_image(image.path, **rules_of(image, evaluation.rules)) for image in images]
    picture = draw_match(comparison, probe, reference, probe_image=pixels[0], reference_image=pixels[1])
    if pair.is_mated:
        verdict = "a false non-match" if pair.score < threshold else "not an error"
    else:
        verdict = "a false match" if pair.score >= threshold else "not an error"
    return {
        "title": f"{_name(samples[0])} and {_name(samples[1])}",
        "score": f"{pair.score:.1f}",
        "verdict": verdict,
        "reason": reason_in_words(comparison, probe, reference, is_mated=pair.is_mated),
        "figure": figure(picture, "probe left, reference right", dpi=MATCH_DPI),
    }


def _name(sample: Sample) -> str:
    """How a report calls a print: by the labels that the caller gave."""
    return f"{sample.finger}_{sample.impression}"
