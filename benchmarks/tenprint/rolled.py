"""Rolled prints against plain ones, and what large templates are worth: `python -m benchmarks.tenprint.rolled`.

Synthetic fingers, unrolled, each rolled twice and touched twice; `--degraded` spoils every image. Three templates of
each rolled print meet the same others: as it is, with the 64 minutiae of a plain print, and of its core region alone,
which is cut out of the image. Then the rolled prints of a real card meet its plain ones.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.tenprint.card_prints import PLAIN
from fingerprint_engine import Gallery, compare
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.exchange.transaction_prints import card_of_transaction
from fingerprint_engine.index.search.parameters import SearchParameters, StageParameters
from fingerprint_engine.matching import Matcher
from fingerprint_engine.pipeline import PipelineParameters, make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import (
    UNROLLED_FINGER,
    SyntheticImpression,
    make_finger,
    make_impression,
    make_rolled_impression,
)
from fingerprint_engine.template import Template, TemplateBatch, TemplateParameters
from fingerprint_engine.tenprint import read_card

CARD = "jnbis__type-4-tpcard.an2"
FEW = PipelineParameters(template=TemplateParameters(max_minutiae=64))
CORE_PX = 400, 300
"""Rows and columns of the core region: about what a plain print shows."""
COUNT = 2
PAIRS = (
    ("plain", "plain"),
    ("rolled", "plain"),
    ("64 of rolled", "64 of plain"),
    ("core of rolled", "plain"),
    ("rolled", "rolled"),
    ("64 of rolled", "64 of rolled"),
    ("core of rolled", "rolled"),
)
Prints = dict[str, dict[tuple[int, int], Template]]
"""By way, and by finger and impression."""


def synthetic_prints(fingers: int, seed: int, *, spoiled: bool) -> Prints:
    """Templates of all prints; one that cannot be read is left out."""
    prints: Prints = {}
    for finger in range(fingers):
        master = make_finger(np.random.default_rng([seed, finger]), UNROLLED_FINGER)
        for number in range(COUNT):
            rng = np.random.default_rng([seed, finger, number])
            rolled, plain = make_rolled_impression(master, rng), make_impression(master, rng, PLAIN)
            images = {"plain": plain.image, "rolled": rolled.image}
            if spoiled:
                images = {way: FingerprintImage(degraded(made.pixels, rng), 500.0) for way, made in images.items()}
            else:
                images["core of rolled"] = _core(rolled, (master.silhouette.x, master.silhouette.y))
            for way, image in images.items():
                _add(prints, way, (finger, number), image, PipelineParameters())
                if way != "core of rolled":
                    _add(prints, f"64 of {way}", (finger, number), image, FEW)
    return prints


def _core(rolled: SyntheticImpression, centre: tuple[float, float]) -> FingerprintImage:
    """The part of a rolled print around the middle of the pad."""
    x, y = (int(value) for value in rolled.correspondence.placement.apply(*centre))
    rows, cols = (slice(max(0, at - side // 2), at + side // 2) for at, side in zip((y, x), CORE_PX, strict=True))
    return FingerprintImage(np.ascontiguousarray(rolled.image.pixels[rows, cols]), rolled.image.ppi)


def _add(
    prints: Prints, way: str, key: tuple[int, int], image: FingerprintImage, parameters: PipelineParameters
) -> None:
    try:
        prints.setdefault(way, {})[key] = make_template(image, parameters=parameters)
    except FailureToExtract:
        return


def scores_of(
    probes: dict[tuple[int, int], Template], references: dict[tuple[int, int], Template]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Mated and non-mated scores, and the processor time of a comparison in µs; an impression never meets itself."""
    keys = np.array(list(references))
    batch = TemplateBatch.of(references.values())
    mated, non_mated = [], []
    begin = time.process_time()
    for (finger, number), template in probes.items():
        scores, same = Matcher(template).scores(batch), keys[:, 0] == finger
        mated.append(scores[same & (keys[:, 1] != number)])
        non_mated.append(scores[~same])
    spent_us = 1e6 * (time.process_time() - begin) / (len(probes) * len(keys))
    return np.concatenate(mated), np.concatenate(non_mated), spent_us


def report(prints: Prints) -> None:
    """A line for each kind of pair."""
    for way, made in prints.items():
        counts, sizes = zip(*((len(one), len(one.to_bytes())) for one in made.values()), strict=True)
        print(f"{way:16s}{len(made):>6d} prints, minutiae {np.mean(counts):5.1f}, bytes {np.mean(sizes):6.0f}")
    print(f"{'probe':16s}{'reference':16s}{'µs':>6s}{'mated':>7s}{'FNMR at 40':>12s}{'at FMR 0.1 %':>14s}"
          f"{'1 %, median':>14s}{'non-mated':>11s}   over stated at 20, 30, 40")  # fmt: skip
    for way, other in PAIRS:
        if way not in prints or other not in prints:
            continue
        scores_of(dict([*prints[way].items()][:1]), prints[other])  # kernels are loaded and templates packed
        mated, non_mated, spent_us = scores_of(prints[way], prints[other])
        over = [float((non_mated >= score).mean() * 10 ** (score / 10)) for score in (20.0, 30.0, 40.0)]
        print(f"{way:16s}{other:16s}{spent_us:>6.0f}{len(mated):>7d}{100 * (mated < 40).mean():>10.2f} %"
              f"{100 * (mated < np.quantile(non_mated, 0.999)).mean():>12.2f} %"
              f"{np.quantile(mated, 0.01):>8.0f}{np.median(mated):>6.0f}"
              f"{len(non_mated):>11d}   " + " ".join(f"{value:5.2f}" for value in over))  # fmt: skip


def report_search(prints: Prints) -> None:
    """Whether a search that compares a hundredth of the gallery in full puts the mate first."""
    for way, other in (
        ("plain", "rolled"),
        ("rolled", "plain"),
        ("64 of plain", "64 of rolled"),
        ("64 of rolled", "64 of plain"),
    ):
        with Gallery() as gallery:
            enrolled = [(str(finger), one) for (finger, number), one in prints[other].items() if number == 0]
            gallery.enrol_many(enrolled)
            stages = StageParameters(
                screened_from=1,
                screened=-(-len(enrolled) // 25),
                screened_growth=0.0,
                compared=-(-len(enrolled) // 100),
                compared_growth=0.0,
            )
            parameters = SearchParameters(exact_prints=0, stages=stages)
            first = []
            for (finger, _), template in prints[way].items():
                found = gallery.identify(template, parameters=parameters).candidates
                first.append(bool(found) and found[0].key == str(finger))
        print(f"{way} searched among {other}: {100 * np.mean(first):.1f} % first of {len(first)}")


def report_card(data: Path) -> None:
    """Each rolled finger of a real card against its plain print, and the best of the others."""
    transaction = ansi_nist.loads((data / "formats/ansi_nist_itl_traditional" / CARD).read_bytes())
    card = card_of_transaction(transaction).value
    prints = read_card(card.images, impressions=card.impressions, missing=card.missing).prints
    for name, parameters in (("as they are", PipelineParameters()), ("with 64 minutiae", FEW)):
        made = [(one, make_template(one.image, parameters=parameters)) for one in prints]
        rolled, plain = (
            {one.finger: template for one, template in made if one.is_of_slap == way} for way in (False, True)
        )
        print(f"card, {name}")
        for finger, template in rolled.items():
            others = [compare(template, one).score for key, one in plain.items() if key is not finger]
            mate = f"{compare(template, plain[finger]).score:6.1f}" if finger in plain else "  none"
            print(f"    {finger.words:14s}{len(template):>4d} minutiae, mate {mate}, best other {max(others):5.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fingers", type=AT_LEAST_1, default=100)
    parser.add_argument("--seed", type=AT_LEAST_0, default=41)
    parser.add_argument("--degraded", action="store_true", help="spoil every image; core regions are left out")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    options = parser.parse_args()
    prints = synthetic_prints(options.fingers, options.seed, spoiled=options.degraded)
    report(prints)
    report_search(prints)
    card = options.data / "formats/ansi_nist_itl_traditional" / CARD
    if card.is_file():
        report_card(options.data)
    else:
        print(f"{card} is not there: no real card")


if __name__ == "__main__":
    main()
