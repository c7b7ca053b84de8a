"""Fit the centres of the cells in which minutiae of an index lie.

By k-means with Hamming distances, where a centre has the bits that most of its sketches have. Fitted on synthetic
prints only (`benchmarks.search.point_population`), the last of those that are made; measured on others. A centre that
is nobody's nearest becomes a sketch drawn anew. How many minutiae lie in each cell is counted on more prints.

    python -m benchmarks.fitting.cells
    python -m benchmarks.fitting.cells --sizes
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import PACKAGE
from benchmarks.search.point_population import PART_PRINTS, read_part
from fingerprint_engine.index.cells.centres import SIZED_PRINTS
from fingerprint_engine.index.cells.kernels.nearest import BITS, nearest_cell
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, sketch_many

CELLS, ROUNDS = 16_384, 4
PARTS = range(1_000, 1_001)
"""Parts of the population that no gallery of a benchmark has: 10,000 prints."""
COUNTED = range(1_000, 1_000 + SIZED_PRINTS // PART_PRINTS)
SEED = 1
OUTPUT = PACKAGE / "index" / "cells" / "cell_centres.npy"
SIZES = OUTPUT.with_name("cell_sizes.npy")


def codes_of(sketches: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """16 bytes for each minutia, each sketch once."""
    pairs = np.stack([sketches[:, :SKETCH_MINUTIAE], sketches[:, SKETCH_MINUTIAE:]], axis=2).reshape(-1, 2)
    return np.unique(np.ascontiguousarray(pairs).view(np.uint8).reshape(-1, BITS // 8), axis=0)


def fit(codes: NDArray[np.uint8], cells: int, rounds: int) -> NDArray[np.uint8]:
    """Centres of so many cells; uint8, shape (cells, 16)."""
    rng = np.random.default_rng(SEED)
    centres = codes[rng.permutation(len(codes))[:cells]]
    bits = np.unpackbits(codes, axis=1)
    for number in range(rounds):
        first, second = np.ascontiguousarray(centres.view(np.uint64).T)
        nearest = np.empty(len(codes), np.int64)
        nearest_cell(codes.view(np.uint64), first, second, nearest)
        distance = bits - np.unpackbits(centres, axis=1)[nearest]
        print(
            f"round {number}: {np.count_nonzero(distance) / len(codes):.2f} bits from a sketch to its centre",
            flush=True,
        )
        order, sizes = np.argsort(nearest, kind="stable"), np.bincount(nearest, minlength=cells)
        used = np.flatnonzero(sizes)
        begins = (np.cumsum(sizes) - sizes)[used]
        set_bits = np.add.reduceat(bits[order].astype(np.int32), begins, axis=0)
        centres = codes[rng.integers(len(codes), size=cells)]
        centres[used] = np.packbits(2 * set_bits > sizes[used, None], axis=1)
    return centres


def sizes() -> NDArray[np.uint16]:
    """How many minutiae of `SIZED_PRINTS` prints lie in each of the shipped cells; uint16, shape (cells,)."""
    counted = sum(np.diff(lists_of(sketch_many(part.data, part.offset)).start) for part in map(read_part, COUNTED))
    return counted.astype(np.uint16)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting.cells", description=__doc__)
    parser.add_argument("--cells", type=int, default=CELLS, help="how many")
    parser.add_argument("--sizes", action="store_true", help="keep the centres, count anew what lies in each cell")
    options = parser.parse_args(arguments)
    if options.sizes:
        np.save(SIZES, sizes())
        return
    codes = codes_of(np.concatenate([sketch_many(part.data, part.offset) for part in map(read_part, PARTS)]))
    print(f"{len(codes):,} sketches of {PART_PRINTS * len(PARTS):,} prints")
    np.save(OUTPUT, fit(codes, options.cells, ROUNDS).view(np.uint64).reshape(-1, 2))


if __name__ == "__main__":
    main()
