"""What is said about an evaluation: sections of the page, all figures from the score file."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.cli import evaluation_page as page
from fingerprint_engine.cli.evaluation_errors import WorstPair, name_of, reason_in_words, worst_pairs
from fingerprint_engine.cli.evaluation_run import Extracted
from fingerprint_engine.cli.exit_codes import in_options
from fingerprint_engine.cli.prints import ImageRules
from fingerprint_engine.evaluation import ListedImage, Report, ScoreTable, Searches, error_curve
from fingerprint_engine.evaluation.report import HEADINGS
from fingerprint_engine.matching import compare
from fingerprint_engine.preprocessing import load_image
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
TERMS = (
    "Mated: two prints of one finger. FMR, false match rate: share of non-mated comparisons at the threshold or above. "
    "FNMR, false non-match rate: share of mated comparisons below it. EER: where both are equal. "
    "FTX, failure to extract: share of prints that gave no template."
)


@dataclasses.dataclass(frozen=True, slots=True)
class Timing:
    """What the run cost; a figure is NaN where an earlier run had made everything."""

    image_ms: float
    comparison_us: float
    workers: int


def write_page(
    title: str,
    images: Sequence[ListedImage],
    extracted: Extracted,
    table: ScoreTable,
    summary: Report,
    found: Searches | None,
    timing: Timing,
    rules: ImageRules,
    errors_shown: int,
) -> str:
    """The report as HTML; needs matplotlib."""
    by_sample = {image.sample: position for position, image in enumerate(images)}
    genuine, impostor = worst_pairs(table, errors_shown)
    sections = [
        _verification(summary),
        _curves(table, summary, found),
        _identification(found),
        _cost(extracted, timing),
        _failures(images, extracted),
    ]
    curve = error_curve(table.score, table.is_mated)
    threshold = float(curve.threshold[np.flatnonzero(curve.fmr <= SHOWN_FMR)[0]])
    errors, false_matches = _leads(table, summary, threshold)
    for heading, lead, pairs in (
        ("Worst mated comparisons: lowest scores", errors, genuine),
        ("Worst non-mated comparisons: highest scores", false_matches, impostor),
    ):
        shown = [
            _worst(by_sample[table.samples[item.probe]], by_sample[table.samples[item.reference]], item,
                   images, extracted, rules, threshold)
            for item in pairs
        ]  # fmt: skip
        sections.append(
            page.section(heading, page.note(lead), *(shown or [page.note("None: there is no such comparison.")]))
        )
    subtitle = (
        f"{summary.samples} prints, {summary.mated:,} mated and {summary.non_mated:,} non-mated comparisons. "
        "All rates are computed from scores.csv beside this page."
    )
    return page.page(title, subtitle, sections)


def _leads(table: ScoreTable, summary: Report, threshold: float) -> tuple[str, str]:
    """Which of the pairs shown are errors: said at the threshold of one limit, for an error is one at a threshold."""
    is_mated = table.is_mated
    low = int((table.score[is_mated] < threshold).sum())
    high = int((table.score[~is_mated] >= threshold).sum())
    at = f"At FMR ≤ {100 * SHOWN_FMR:g} % on these prints"
    if math.isfinite(threshold):
        at += f", which is a threshold of {threshold:.1f}"
    return (
        f"{at}, {low} of {summary.mated:,} mated comparisons are errors (false non-matches, below the threshold)."
        " Prints without a template are counted there, but listed above and not here. "
        "Reasons are circumstances one can see, not causes.",
        f"{at}, {high} of {summary.non_mated:,} non-mated comparisons are errors "
        "(false matches, at the threshold or above)."
        " Two prints of one finger under two labels would appear here first.",
    )


def search_rows(found: Searches) -> list[tuple[str, float]]:
    """Rates of identification, by name."""
    return [
        ("rank-1 hit rate, closed set", float(found.cmc()[0])),
        ("FNIR at FPIR ≤ 10 %", found.fnir_at_fpir(0.1)),
        ("FNIR at FPIR ≤ 1 %", found.fnir_at_fpir(0.01)),
        ("FNIR at FPIR = 0", found.fnir_at_fpir(0.0)),
    ]


def _verification(summary: Report) -> str:
    rows = []
    for name, heading in HEADINGS.items():
        interval, rate = summary.intervals.get(name), getattr(summary.rates, name)
        between = "–" if interval is None else f"{100 * interval.low:.2f} to {100 * interval.high:.2f}"
        if interval is not None and interval.high == 0.0:
            between = "no error seen"  # "0 to 0" would claim a certainty that no error in few comparisons does not give
        rows.append([RATE_NAMES.get(name, heading), f"{100 * rate:.2f}", between])
    ftx = summary.failures / summary.samples
    rows.append([f"FTX: {summary.failures} of {summary.samples} prints gave no template", f"{100 * ftx:.2f}", "–"])
    text = (
        "A print without a template counts as a non-match in all its comparisons. Equal scores count against the "
        "engine. Intervals: bootstrap over fingers; with few fingers they are too narrow. "
        f"No error seen is not a rate of 0: no false match in {summary.non_mated:,} comparisons still allows an FMR of "
        f"{100 * min(1.0, 3.0 / summary.non_mated):.2g} %, no false non-match in {summary.mated:,} an FNMR of "
        f"{100 * min(1.0, 3.0 / summary.mated):.2g} % (rule of three)."
    )
    return page.section(
        "Verification", page.note(TERMS), page.table(["rate", "%", "95 % interval, %"], rows), page.note(text)
    )


def _curves(table: ScoreTable, summary: Report, found: Searches | None) -> str:
    is_mated = table.is_mated
    curve = error_curve(table.score, is_mated)
    figures = [
        page.figure(
            draw_det(curve.fmr, curve.fnmr, non_mated=summary.non_mated, mated=summary.mated, eer=summary.rates.eer),
            "DET: what each false match rate costs in false non-matches; nearer to the lower left is better. "
            "Grey: less than one comparison, that is no error seen",
        ),
        page.figure(
            draw_rates_by_score(curve.threshold, curve.fmr, curve.fnmr),
            "FMR and FNMR against the threshold. Dashed: the FMR that a score states, which the measured one should "
            "not exceed",
        ),
        page.figure(
            draw_histograms(table.score[is_mated], table.score[~is_mated]),
            "Scores of mated pairs (one finger) and non-mated pairs (two fingers); the fewer share a score the better",
        ),
    ]
    if found is not None:
        figures.append(
            page.figure(draw_cmc(found.cmc()), f"CMC of {len(found)} searches in {found.references} fingers")
        )
    return page.section("Curves", page.curves(figures))


def _identification(found: Searches | None) -> str:
    if found is None:
        text = "Not computed: the protocol does not compare any print with one print of every finger."
        return page.section("Identification", page.note(text))
    rows = [[name, f"{100 * rate:.2f}"] for name, rate in search_rows(found)]
    text = (
        "FPIR, false positive identification rate: share of searches without a mate that find someone. FNIR, false "
        "negative identification rate: share of searches that miss the mate. "
        f"{len(found)} searches in {found.references} fingers, one print each; searches without a mate leave the "
        "probe's own finger out. Computed from the scores of pairs: every reference is compared."
    )
    return page.section("Identification", page.table(["rate", "%"], rows), page.note(text))


def _cost(extracted: Extracted, timing: Timing) -> str:
    made = [item for item in extracted.outcomes if isinstance(item, Template)]
    rows = [
        ["extraction of an image, wall time", _number(timing.image_ms, "ms")],
        ["comparison, mean", _number(timing.comparison_us, "µs")],
        ["workers (threads of extraction)", str(timing.workers)],
    ]
    if made:
        rows.append(["template, median", f"{np.median([len(item.to_bytes()) for item in made]):.0f} bytes"])
        rows.append(["minutiae, median", f"{np.median([len(item) for item in made]):.0f}"])
    text = (
        "Times include reading and keeping files, preparing the probe and, in a first run, compiling: they tell what "
        "this run took, not how fast the engine is. What an earlier run had made is not in them."
    )
    return page.section("Time and size", page.table(["", ""], rows), page.note(text))


def _failures(images: Sequence[ListedImage], extracted: Extracted) -> str:
    failed = [
        (name_of(image), in_options(why))
        for image, why in zip(images, extracted.outcomes, strict=True)
        if isinstance(why, str)
    ]
    if not failed:
        return page.section("Failures to extract", page.note("None."))
    counts = Counter(why.partition(":")[0] for _, why in failed)
    text = ", ".join(f"{reason}: {count}" for reason, count in counts.most_common())
    return page.section(
        "Failures to extract", page.note(text), page.table(["print", "why there is no template"], failed, of_words=True)
    )


def _worst(
    first: int,
    second: int,
    item: WorstPair,
    images: Sequence[ListedImage],
    extracted: Extracted,
    rules: ImageRules,
    threshold: float,
) -> str:
    probe, reference = extracted.outcomes[first], extracted.outcomes[second]
    if item.is_mated:
        verdict = "a false non-match" if item.score < threshold else "not an error"
    else:
        verdict = "a false match" if item.score >= threshold else "not an error"
    title = f"{name_of(images[first])} and {name_of(images[second])}: score {item.score:.1f}, {verdict}"
    if not isinstance(probe, Template) or not isinstance(reference, Template):
        return page.pair(title, "a print without a template", "")
    comparison = compare(probe, reference)
    pixels = [
        load_image(image.path, **ImageRules(**{**rules, "ppi": image.ppi or rules["ppi"]}))
        for image in (images[first], images[second])
    ]
    picture = draw_match(comparison, probe, reference, probe_image=pixels[0], reference_image=pixels[1])
    reason = reason_in_words(comparison, probe, reference, is_mated=item.is_mated)
    return page.pair(title, reason, page.figure(picture, "probe left, reference right", dpi=100.0))


def _number(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if math.isfinite(value) else "made by an earlier run"
