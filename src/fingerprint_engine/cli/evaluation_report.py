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
from fingerprint_engine.cli.prints import ImageRules
from fingerprint_engine.evaluation import ListedImage, Report, ScoreTable, Searches, error_curve
from fingerprint_engine.evaluation.report import HEADINGS
from fingerprint_engine.matching import compare
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_cmc, draw_det, draw_histograms, draw_match, draw_rates_by_score


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
    for heading, pairs in (
        ("Worst mated comparisons: lowest scores", genuine),
        ("Worst non-mated comparisons: highest scores", impostor),
    ):
        shown = [
            _worst(by_sample[table.samples[item.probe]], by_sample[table.samples[item.reference]], item,
                   images, extracted, rules)
            for item in pairs
        ]  # fmt: skip
        sections.append(page.section(heading, *(shown or [page.note("None: there is no such comparison.")])))
    subtitle = (
        f"{summary.samples} prints, {summary.genuine:,} mated and {summary.impostor:,} non-mated comparisons. "
        "All rates are computed from scores.csv beside this page."
    )
    return page.page(title, subtitle, sections)


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
        interval = summary.intervals.get(name)
        between = "–" if interval is None else f"{100 * interval.low:.2f} to {100 * interval.high:.2f}"
        rows.append([heading, f"{100 * getattr(summary.rates, name):.2f}", between])
    ftx = summary.failures / summary.samples
    rows.append(["FTX (no template)", f"{100 * ftx:.2f}", f"{summary.failures} of {summary.samples}"])
    text = (
        "A print without a template counts as a non-match in all its comparisons. Equal scores count against the "
        "engine. Intervals: bootstrap over fingers; with few fingers they are too narrow. "
        f"No false match in {summary.impostor:,} comparisons would still allow an FMR of "
        f"{100 * min(1.0, 3.0 / summary.impostor):.2g} %."
    )
    return page.section("Verification", page.table(["rate", "%", "95 % interval, %"], rows), page.note(text))


def _curves(table: ScoreTable, summary: Report, found: Searches | None) -> str:
    is_genuine = table.is_genuine
    curve = error_curve(table.score, is_genuine)
    figures = [
        page.figure(
            draw_det(curve.fmr, curve.fnmr, impostors=summary.impostor, genuine=summary.genuine),
            "DET: the border in grey is less than one comparison, that is none",
        ),
        page.figure(
            draw_rates_by_score(curve.threshold, curve.fmr, curve.fnmr),
            "FMR and FNMR against the threshold, and the FMR that the score states",
        ),
        page.figure(
            draw_histograms(table.score[is_genuine], table.score[~is_genuine]), "Scores of mated and non-mated pairs"
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
        f"{len(found)} searches in {found.references} fingers, one print each; searches without a mate leave the "
        "probe's own finger out. Computed from the scores of pairs: every reference is compared."
    )
    return page.section("Identification", page.table(["rate", "%"], rows), page.note(text))


def _cost(extracted: Extracted, timing: Timing) -> str:
    made = [item for item in extracted.outcomes if isinstance(item, Template)]
    rows = [
        ["extraction, wall time an image", _number(timing.image_ms, "ms")],
        ["comparison, mean", _number(timing.comparison_us, "µs")],
        ["workers (threads of extraction)", str(timing.workers)],
    ]
    if made:
        rows.append(["template, median", f"{np.median([len(item.to_bytes()) for item in made]):.0f} bytes"])
        rows.append(["minutiae, median", f"{np.median([len(item) for item in made]):.0f}"])
    text = "Times include reading files and, in a first run, compiling; what an earlier run had made is not in them."
    return page.section("Time and size", page.table(["", ""], rows), page.note(text))


def _failures(images: Sequence[ListedImage], extracted: Extracted) -> str:
    failed = [
        (name_of(image), why) for image, why in zip(images, extracted.outcomes, strict=True) if isinstance(why, str)
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
) -> str:
    probe, reference = extracted.outcomes[first], extracted.outcomes[second]
    title = f"{name_of(images[first])} and {name_of(images[second])}: score {item.score:.1f}"
    if not isinstance(probe, Template) or not isinstance(reference, Template):
        return page.pair(title, "a print without a template", "")
    comparison = compare(probe, reference)
    pixels = [
        load_image(image.path, **ImageRules(**{**rules, "ppi": image.ppi or rules["ppi"]}))
        for image in (images[first], images[second])
    ]
    picture = draw_match(comparison, probe, reference, probe_image=pixels[0], reference_image=pixels[1])
    reason = reason_in_words(comparison, probe, reference, is_genuine=item.is_genuine)
    return page.pair(title, reason, page.figure(picture, "probe left, reference right", dpi=80.0))


def _number(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if math.isfinite(value) else "made by an earlier run"
