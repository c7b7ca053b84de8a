"""What a search costs beyond these machines: a model, calibrated on shards that are measured here.

1. The stages of a search are timed on one gallery: what looking at a print costs in each (`Costs`).
2. The gallery is split into 2, 4 and 8 shards; what the model says that a shard takes stands beside what it takes.
3. From there on it is arithmetic and simulation with a seed: machines and memory, times of a search with stragglers and
   replicas, all pairs, and how thresholds and misses grow with the number of prints.

    python -m benchmarks.scale --prints 100000
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AMOUNT, AT_LEAST_1, several
from benchmarks.search.galleries import MatedFingers, both, fill, kind_of
from benchmarks.search.speed import stage_times
from fingerprint_engine.cluster import load_shard, split
from fingerprint_engine.cluster.foreseen import SPARE_DEVIATIONS, foreseen
from fingerprint_engine.cluster.rounds import Asked
from fingerprint_engine.index import Gallery, SearchFilter, SearchParameters
from fingerprint_engine.index.cells.weighed_bits import weighed_bits
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.parameters import ALL_PAIRS, StageParameters, StageSizes
from fingerprint_engine.index.search.shortlist_cells import voting_of
from fingerprint_engine.index.search.shortlists import SketchScan, evidence_of, near_bits_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template

SEARCH = SearchParameters()
INDEX_BYTES, TEMPLATE_BYTES, OTHER_BYTES = 512 + 576, 2_700, 100
"""Of a print: sketches and cells, which searches read; its template; keys, traits and offsets."""
RUNS = 20_000
JITTER, STRAGGLERS, STRAGGLER_FACTOR = 0.15, 0.01, 10.0
"""Chosen: spread (of the log) of a shard's time; share of answers that take ten times as long, of whatever cause."""


@dataclasses.dataclass(frozen=True)
class Costs:
    """Seconds of one core.

    Of a search as such and of choosing its cells; of what is read of their lists, a minutia; of a print whose sketches
    are looked at, that is placed, screened, and compared. And no cost: the evidence of the probe in the middle, by
    which goes how much is read and looked at.
    """

    fixed: float
    chosen: float
    listed: float
    sketched: float
    placed: float
    screened: float
    compared: float
    evidence: float

    def shard_s(self, prints: int, shards: int) -> float:
        """One search of one of so many shards, which together hold so many prints."""
        stages = SEARCH.stages.among(prints).widened(self.evidence)
        later = self.later_s(stages.sizes(prints), shards)
        return self.fixed + self.voting_s(stages, prints, prints / shards) + later

    def later_s(self, sizes: StageSizes, shards: int) -> float:
        """The stages after the shortlist, as far as there are such: few prints are neither placed nor screened."""
        placed, screened, compared = (_expected(size, shards) for size in sizes)
        placing = self.placed * placed if sizes.has_placing else 0.0
        screening = self.screened * screened if sizes.screened > sizes.compared else 0.0
        return placing + screening + self.compared * compared

    def voting_s(self, stages: StageParameters, all_prints: int, prints: float) -> float:
        """Votes of so many of all prints, and the sketches of those that they choose."""
        share = prints / all_prints
        return self.chosen + self.listed * listed_of(stages, prints) + self.sketched * stages.voted(all_prints) * share


def listed_of(stages: StageParameters, prints: float) -> float:
    """Minutiae that are read of the lists of so many prints."""
    return stages.listed / 1000 * prints


def _expected(size: int, shards: int) -> float:
    """How many prints a shard looks at in a stage: its share, and with several shards what it has to spare."""
    share = size / shards
    return share if shards == 1 else min(size, share + SPARE_DEVIATIONS * math.sqrt(share))


def measured_costs(gallery: Gallery, path: Path, probes: list[Template]) -> Costs:
    """Costs of a print in each stage of a gallery, and of a search of it as the only shard beside these."""
    stages = stage_times(gallery, probes)
    fixed = max(0.0, seconds_of(path, 1, len(gallery), probes) - float(np.median(stages.seconds.sum(axis=1))))
    first, *later = np.median(stages.seconds / np.maximum(stages.sizes, 1), axis=0).tolist()
    parameters = SEARCH.among(len(gallery)).stages
    evidence = float(np.median([evidence_of(probe, parameters.voting(len(probe))) for probe in probes]))
    visited, parameters = float(np.median(stages.sizes[:, 0])), parameters.widened(evidence)
    chosen, sketched = choosing_s(parameters, probes), sketching_s(gallery, parameters, probes, round(visited))
    listed = (first * visited - chosen - sketched * visited) / listed_of(parameters, len(gallery))
    return Costs(fixed, chosen, max(0.0, listed), sketched, *later, evidence)


def choosing_s(parameters: StageParameters, probes: list[Template]) -> float:
    """What choosing the cells of a probe takes, one core: the median."""

    def choose(probe: Template) -> None:
        bits = weighed_bits(probe, parameters.voting(len(probe)))
        voting_of(probe, bits, near_bits_of(bits, parameters), parameters.listed)

    return _median_s([functools.partial(choose, probe) for probe in probes])


def sketching_s(gallery: Gallery, parameters: StageParameters, probes: list[Template], prints: int) -> float:
    """What looking at the sketches of one of so many prints here and there takes, one core: the median."""
    columns, rng = [view.columns for view in gallery.snapshot().views], np.random.default_rng(5)
    share = prints / len(gallery)
    rows = [np.flatnonzero(rng.random(len(block)) < share) for block in columns]
    looking = [SketchScan(columns, parameters.looking(len(probe))) for probe in probes]
    works = [lambda one=probe, by=scan: by.scores_of(rows, one) for probe, scan in zip(probes, looking, strict=True)]
    return _median_s(works) / max(1, sum(chosen.size for chosen in rows))


def _median_s(works: Sequence[Callable[[], object]]) -> float:
    times = []
    for work in works:
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return float(np.median(times))


def seconds_of(path: Path, count: int, prints: int, probes: list[Template]) -> float:
    """What one search takes in a shard of so many, which together hold so many prints, one core: the median."""
    asked = SearchOptions(max_candidates=20, max_fpir=1e-3, parameters=SEARCH.among(prints), where=SearchFilter())
    shard = load_shard(str(path))
    return _median_s([lambda one=probe: foreseen(shard, Asked((one,), asked), count) for probe in probes])


def answer_times(shard: float, shards: int, replicas: int, message_s: float, rng: np.random.Generator) -> list[float]:
    """Median and 99 % of a search: the slowest shard decides, of each shard the replica that is first."""
    answers: NDArray[np.float64] = np.full((RUNS, shards), np.inf)
    for _ in range(replicas):
        one = shard * np.exp(rng.normal(0.0, JITTER, answers.shape))
        one[rng.random(answers.shape) < STRAGGLERS] *= STRAGGLER_FACTOR
        answers = np.minimum(answers, one)
    return [float(value) for value in np.quantile(answers.max(axis=1) + message_s, (0.5, 0.99))]


def pairs_s(costs: Costs, prints: int) -> float:
    """All pairs, core seconds: each print is compared with those before it, half of them on average."""
    stages = ALL_PAIRS.stages.among(prints)
    first = costs.voting_s(stages, prints, prints / 2.0)
    later = costs.screened * stages.screened + costs.compared * stages.compared  # none are placed
    return prints * (costs.fixed + first + later)


def growth(mated: MatedFingers) -> list[str]:
    """Thresholds, and real and poor mates below them, by the number of prints."""
    templates = [Template.from_bytes(mated.block.template_bytes(row)) for row in range(len(mated.block))]
    scores: dict[str, list[float]] = {"real": [], "poor": []}
    for probe in mated.probes:
        kind = kind_of(probe.group)
        if kind in scores:
            scores[kind].append(Matcher(probe.template).score(templates[probe.mate]))
    lines = [f"{'prints':>13}  FPIR at score 60  score of a hit at FPIR 0.1 %  mates below it: real, poor"]
    for power in range(4, 10):
        hit, fpir = score_of_fpir(1e-3, 10**power), -math.expm1(10**power * math.log1p(-1e-6))
        missed = [float(np.mean(np.array(one) < hit)) if one else math.nan for one in scores.values()]
        lines.append(f"{10**power:>13,}  {fpir:16.4f}  {hit:27.1f}  {missed[0]:21.3f} {missed[1]:6.3f}")
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=100_000, help="of the gallery that is measured and split")
    parser.add_argument("--gallery", type=Path, help="one that benchmarks.search.speed made, instead")
    parser.add_argument(
        "--shards", type=several(AT_LEAST_1), default="2,4,8", help="numbers of shards that are measured"
    )
    parser.add_argument("--probes", type=AT_LEAST_1, default=40)
    parser.add_argument(
        "--message-ms", type=AMOUNT, default=25.0, help="of a round with Dask: benchmarks.search.shards"
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    rng, mated = np.random.default_rng(17), both(options.data)
    probes = [probe.template for probe in mated.probes[:: -(-len(mated.probes) // options.probes)]]
    lines = [f"model of scale; code {source_digest()}", machine_name(), ""]
    with tempfile.TemporaryDirectory(dir=RESULTS) as name:
        folder = Path(name)
        one = options.gallery or folder / "one.gallery"
        if options.gallery is None:
            fill(one, options.prints, mated)
        with Gallery.open(one, read_only=True) as gallery:
            fewest = SEARCH.among(len(gallery)).faiss_prints
            if len(gallery) < fewest:
                raise SystemExit(
                    f"expected a gallery that is searched by votes, of {fewest:,} prints, got {len(gallery):,}"
                )
            measured_costs(gallery, one, probes[:3])
            costs, prints = measured_costs(gallery, one, probes), len(gallery)
        lines += [f"costs of one core: {costs.fixed * 1e3:.2f} ms a search, {costs.chosen * 1e3:.2f} ms its cells, "]
        lines[-1] += f"{costs.listed * 1e9:.1f} ns a minutia listed, {costs.sketched * 1e6:.2f} us a print looked at, "
        lines[-1] += f"{costs.placed * 1e6:.1f} us placed, {costs.screened * 1e6:.1f} us screened, "
        lines[-1] += f"{costs.compared * 1e6:.0f} us compared"
        lines += ["", f"{prints:,} prints in shards: ms of a search in one of them, model and measured"]
        for count in options.shards:
            paths = split(one, folder / str(count), count)
            model = costs.shard_s(prints, count) * 1e3
            found = float(np.mean([seconds_of(path, count, prints, probes) for path in paths])) * 1e3
            lines.append(f"{count:>6} shards  {model:8.1f}  {found:8.1f}   model / measured {model / found:5.2f}")
    lines += ["", "machines of 64 GB; ms of a search, half and 99 % of them, with 1 and with 2 replicas; all pairs"]
    for prints in (10**6, 10**7, 10**8, 10**9):
        indexed, whole = prints * INDEX_BYTES / 1e9, prints * (INDEX_BYTES + TEMPLATE_BYTES + OTHER_BYTES) / 1e9
        for shards in (1, 4, 16, 64):
            machines = max(shards, math.ceil(indexed / 48.0))
            if machines > shards:
                continue
            shard = costs.shard_s(prints, shards)
            one, two = (answer_times(shard, shards, r, options.message_ms / 1e3, rng) for r in (1, 2))
            days = pairs_s(costs, prints) / 86_400
            lines.append(
                f"{prints:>13,} prints, {shards:>3} shards: {indexed:7.1f} GB searched, {whole:8.1f} GB in all; "
                + "  ".join(f"{p50 * 1e3:7.0f} {p99 * 1e3:7.0f}" for p50, p99 in (one, two))
                + f";  {days / shards:10.2f} days of one core each"
            )
    lines += ["", *growth(mated)]
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "scale.txt").write_text("\n".join(lines) + "\n")
    (options.output / "scale.json").write_text(json.dumps(dataclasses.asdict(costs), indent=1) + "\n")


if __name__ == "__main__":
    main()
