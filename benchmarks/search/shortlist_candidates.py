"""Candidates for the first stage of a search, side by side: how far up each brings the mate, at what cost.

- the scan: exhaustive late interaction of sketches (`index.shortlists.SketchScan`);
- FAISS: votes of minutiae in the cells that are nearest to the probe's, then the scan of the prints with most votes
  (`index.shortlist_cells.CellShortlist`), for some numbers of cells that are looked at;
- a fixed-length vector: the sketches of a print summed into the cells of a codebook (VLAD) and projected to 256
  numbers, compared by FAISS's exhaustive inner product.

A probe counts when its mate scores at least 40 in full comparison. Recall at K: share of mates among the K best.

    python -m benchmarks.search.shortlist_candidates --prints 100000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1, words
from benchmarks.search.galleries import MatedProbe, every_row, non_mated_blocks, real_fingers, synthetic_fingers
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.search.parameters import ALL_PAIRS, StageParameters
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.index.search.shortlists import Shortlist, SketchScan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, sketches_of

MIN_SCORE = 40.0
LISTED = (2_000, 5_000, 12_000, 20_000)
"""What is read of the lists of cells, minutiae of a thousand prints."""
CODEBOOK, DIMENSIONS = 32, 256
Scorer = Callable[[Template], NDArray[np.float32]]


def through_port(blocks: list[PrintColumns], make: Callable[[list[PrintColumns]], Shortlist]) -> Scorer:
    """An implementation of the shortlist port."""
    shortlist, masks = make(blocks), every_row(blocks)

    def score(probe: Template) -> NDArray[np.float32]:
        scores = [np.full(mask.size, -1.0, np.float32) for mask in masks]
        for one, rated in zip(scores, shortlist.scores(probe, masks), strict=True):
            if rated is not None:
                one[rated.rows] = rated.scores
        return np.concatenate(scores)

    return score


def through_cells(blocks: list[PrintColumns], in_cells: list[PrintColumns], listed: int) -> Scorer:
    """Lists, made once, of which probes read so much."""
    if not in_cells:
        in_cells += [block.with_cells(lists_of(block.sketches)) for block in blocks]
    return through_port(in_cells, lambda found: CellShortlist(found, StageParameters(listed=listed)))


class Vectors:
    """One vector of 256 numbers per print; called with a probe, it gives the scores."""

    def __init__(self, blocks: list[PrintColumns]) -> None:
        rng = np.random.default_rng(0)
        signs = _signs(blocks[0].sketches[:2_000]).reshape(-1, 128)
        kmeans = faiss.Kmeans(128, CODEBOOK, niter=15, seed=1)
        kmeans.train(signs[rng.permutation(len(signs))[:20_000]])
        self._centres = kmeans.centroids
        sample = self._summed(blocks[0].sketches[:2_000])
        self._mean = sample.mean(axis=0)
        self._axes = np.linalg.svd(sample - self._mean, full_matrices=False)[2][:DIMENSIONS].T.astype(np.float32)
        self._index = faiss.IndexFlatIP(DIMENSIONS)
        for block in blocks:
            for begin in range(0, len(block.sketches), 2_000):
                self._index.add(self._vectors(block.sketches[begin : begin + 2_000]))

    def __call__(self, probe: Template) -> NDArray[np.float32]:  # noqa: D102 - see the class
        distances, rows = self._index.search(self._vectors(sketches_of(probe)[None]), self._index.ntotal)
        scores = np.empty(self._index.ntotal, np.float32)
        scores[rows[0]] = distances[0]
        return scores

    def _summed(self, sketches: NDArray[np.uint64]) -> NDArray[np.float32]:
        signs = _signs(sketches)
        nearest = (signs.reshape(-1, 128) @ self._centres.T).argmax(axis=1).reshape(len(sketches), -1)
        sums = np.zeros((len(sketches), CODEBOOK, 128), np.float32)
        rows = np.repeat(np.arange(len(sketches)), SKETCH_MINUTIAE)
        np.add.at(sums, (rows, nearest.reshape(-1)), signs.reshape(-1, 128) - self._centres[nearest.reshape(-1)])
        flat = sums.reshape(len(sketches), -1)
        flat = np.sign(flat) * np.sqrt(np.abs(flat))
        return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)

    def _vectors(self, sketches: NDArray[np.uint64]) -> NDArray[np.float32]:
        made = (self._summed(sketches) - self._mean) @ self._axes
        return np.ascontiguousarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9), np.float32)


def _signs(sketches: NDArray[np.uint64]) -> NDArray[np.float32]:
    """Bits as -1 and 1; shape (n, 32, 128)."""
    pairs = np.stack([sketches[:, :SKETCH_MINUTIAE], sketches[:, SKETCH_MINUTIAE:]], axis=2)
    bits = np.unpackbits(np.ascontiguousarray(pairs).view(np.uint8), axis=2, bitorder="little")
    return bits.astype(np.float32) * 2.0 - 1.0


def ranks(score: Scorer, probes: list[MatedProbe], first: int) -> tuple[NDArray[np.int64], float]:
    """Rank of each probe's mate, ties against it; and the median processor time of a probe in ms."""
    found, times = [], []
    for probe in probes:
        start = time.process_time()
        scores = score(probe.template)
        times.append(time.process_time() - start)
        mate = scores[first + probe.mate]
        found.append(int((scores >= mate).sum()) if mate > 0.0 else scores.size)
    return np.array(found), float(np.median(times)) * 1e3


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.shortlist_candidates", description=__doc__)
    parser.add_argument("--prints", type=AT_LEAST_1, default=20_000, help="size of the gallery")
    parser.add_argument("--probes", type=AT_LEAST_1, default=80, help="probes of a group at most")
    parser.add_argument("--only", default="scan,FAISS,vector", help="parts of the candidates' names")
    parser.add_argument(
        "--groups", type=words(("uareu", "poor")), default="uareu,poor", help="which probes: uareu, poor"
    )
    parser.add_argument("--quick", action="store_true", help="3,000 prints, 20 probes a group")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    prints, count = (3_000, 20) if options.quick else (options.prints, options.probes)
    lines = [f"candidates for the first stage among {prints:,} prints; code {source_digest()}", machine_name()]
    for name, mated in (("uareu", real_fingers(options.data, ("uareu",))), ("poor", synthetic_fingers(200))):
        if name not in options.groups:
            continue
        mine = [probe for probe in mated.probes if probe.group == name]
        templates = [Template.from_bytes(mated.block.template_bytes(row)) for row in range(len(mated.block.sketches))]
        mine = [p for p in mine[:: -(-len(mine) // count)] if Matcher(p.template).score(templates[p.mate]) >= MIN_SCORE]
        blocks = [*non_mated_blocks(prints - len(templates)), mated.block]
        first = prints - len(templates)
        sizes = [max(1, round(share * prints)) for share in (0.0005, 0.001, 0.005, 0.01, 0.05)]
        heading = " ".join(f"{size:>7}" for size in sizes)
        lines += ["", f"{name}, {len(mine)} probes: recall at K = {'':<9}{heading}   ms a probe, one core   build s"]
        in_cells: list[PrintColumns] = []
        makers: dict[str, Callable[[], Scorer]] = {
            "scan of sketches": lambda b=blocks: through_port(b, SketchScan),
            "scan, as all pairs look": lambda b=blocks: through_port(b, lambda c: SketchScan(c, ALL_PAIRS.stages)),
            **{
                f"FAISS, {listed / 1000:g} minutiae listed": lambda b=blocks, c=in_cells, n=listed: through_cells(
                    b, c, n
                )
                for listed in LISTED
            },
            "vector of 256 numbers": lambda b=blocks: Vectors(b),
        }
        for title, maker in makers.items():
            if not any(part in title for part in options.only.split(",")):
                continue
            start = time.process_time()
            score = maker()
            build = time.process_time() - start
            found, cost = ranks(score, mine, first)
            recall = " ".join(f"{(found <= size).mean():7.3f}" for size in sizes)
            lines.append(f"  {title:<38}{recall}   {cost:20.1f}   {build:7.1f}")
            print(lines[-1], flush=True)
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"shortlist_candidates_{prints}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
