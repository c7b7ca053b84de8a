"""Many millions of prints at the level of the index: what a search of them costs, and whether it keeps mates.

Sketches and cells of a gallery of `benchmarks.search.speed` stand once as they are and then again and again, each print
mixed anew of its own minutiae and those of another one. They are written to files and mapped, as segments are, or kept
in memory (``--in-memory``). What is real: the size of all that every search reads, the number of prints and votes, all
stages. What is not: templates of the mixed prints, in whose place those of the gallery are screened, so that only as
many bytes of templates are read as the gallery has; a neighbourhood stands in several prints.

    python -m benchmarks.search.mixed_index --prints 10000000 --gallery .../search_speed/speed_100000.gallery
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1, refuse_together, several
from benchmarks.search.duplicates import cost_of_all_pairs
from benchmarks.search.galleries import MatedProbe, both, key_of, kind_of
from benchmarks.search.shortlist_recall import places, spread
from benchmarks.search.speed import resident
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.cells.centres import cell_centres
from fingerprint_engine.index.cells.kernels.nearest import nearest_cell
from fingerprint_engine.index.columns.block import BlockView, PrintColumns
from fingerprint_engine.index.columns.cell_lists import CellLists
from fingerprint_engine.index.columns.large_pages import large_array
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.matching import Matcher, score_of_fmr
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

HALF = 0.5
MARGINS = (0.0, 20.0)
"""The best of a hundred times as many other prints scores some 20 more: docs/decisions/shortlist.md."""
TIMED, SAMPLE, MAX_FMR = 20, 1024, 1e-6


def cells_of(sketches: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The cell of each slot; uint16, shape (n, 32)."""
    codes = np.ascontiguousarray(sketches.reshape(len(sketches), 2, SKETCH_MINUTIAE).transpose(0, 2, 1)).reshape(-1, 2)
    first, second = np.ascontiguousarray(cell_centres().T)
    found = np.empty(len(codes), np.int64)
    nearest_cell(codes, first, second, found)  # type: ignore[no-untyped-call]
    return found.reshape(len(sketches), SKETCH_MINUTIAE).astype(np.uint16)


def mixed(
    sketches: NDArray[np.uint64], cells: NDArray[np.uint16], rng: np.random.Generator
) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    """Prints each of which has some minutiae of its own and some of another print of the block."""
    other = rng.permutation(len(sketches))
    takes = rng.random(cells.shape) < HALF
    return np.where(np.tile(takes, 2), sketches[other], sketches), np.where(takes, cells[other], cells)


def listed(sketches: NDArray[np.uint64], cells: NDArray[np.uint16]) -> CellLists:
    """The lists of a block whose cells are known."""
    order = np.argsort(cells.reshape(-1), kind="stable")
    rows, slots = np.divmod(order, SKETCH_MINUTIAE)
    start = np.zeros(len(cell_centres()) + 1, np.uint32)
    np.cumsum(np.bincount(cells.reshape(-1), minlength=start.size - 1), out=start[1:])
    codes = np.stack([sketches[rows, slots], sketches[rows, SKETCH_MINUTIAE + slots]], axis=1)
    return CellLists(start, rows.astype(np.uint16), codes)


def with_more(folder: Path | None, blocks: list[PrintColumns], prints: int, seed: int) -> Iterator[PrintColumns]:
    """The blocks of the gallery, and so many more prints in files, or in memory."""
    yield from blocks
    left, known, rng, number = prints - sum(map(len, blocks)), {}, np.random.default_rng(seed), 0
    while left > 0:
        at = number % len(blocks)
        if at not in known:
            known[at] = cells_of(blocks[at].sketches)
        sketches, cells = mixed(blocks[at].sketches, known[at], rng)
        lists = listed(sketches, cells)
        if folder is None:
            codes, start, rows = _in_memory(lists.codes, lists.start, lists.rows)
            kept = [*_in_memory(sketches), start, rows, codes]
        else:
            named = zip("srwc", (sketches, *lists), strict=True)
            kept = [_mapped(folder / f"{number}-{name}.npy", one) for name, one in named]
        yield PrintColumns(kept[0], blocks[at].data, blocks[at].offset, CellLists(*kept[1:]))
        left, number = left - len(sketches), number + 1


def _in_memory(*arrays: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    """Copies of arrays in one place, as a file is read into memory; those of larger items come first."""
    place, begin, kept = large_array(sum(array.nbytes for array in arrays)), 0, []
    for array in arrays:
        copy = place[begin : begin + array.nbytes].view(array.dtype).reshape(array.shape)
        copy[...] = array
        copy.setflags(write=False)
        kept.append(copy)
        begin += array.nbytes
    return kept


def _mapped(path: Path, array: NDArray[np.generic]) -> NDArray[np.generic]:
    np.save(path, array)
    return np.load(path, mmap_mode="r").view(np.ndarray)


def searched(columns: list[PrintColumns], probes: list[MatedProbe], mates: dict[str, tuple[int, int]]) -> list[str]:
    """Times by the clock and of the processor, on one thread and on two, and how many mates were compared in full.

    Of mates whose score beats that of every other print that was compared, and by `MARGINS` more.
    """
    masks, stages = [np.ones(len(block), np.bool_) for block in columns], StageParameters()
    shortlist, lines = CellShortlist(columns, stages.among(sum(map(len, columns)))), []
    asked, kept = Counter[tuple[str, float]](), Counter[tuple[str, float]]()
    for workers, chosen in ((1, probes), (2, probes[:: -(-len(probes) // TIMED)])):
        walls, cores = [], []
        for probe in chosen:
            wall, core = time.perf_counter(), time.process_time()
            scan = staged_scan(probe.template, columns, masks, math.inf, workers, stages, shortlist)
            walls.append(time.perf_counter() - wall)
            cores.append(time.process_time() - core)
            if workers == 1:
                block, row = mates[key_of(probe.mate)]
                own = Matcher(probe.template).score(Template.from_bytes(columns[block].template_bytes(row)))
                other = scan.score[scan.score != own].max(initial=0.0)  # its template stands in several prints
                for margin in MARGINS:
                    asked[kind_of(probe.group), margin] += own > other + margin
                    is_kept = ((scan.block == block) & (scan.row == row)).any()
                    kept[kind_of(probe.group), margin] += own > other + margin and is_kept
        lines.append(
            f"  {workers} thread(s): {np.median(walls) * 1e3:.0f} ms by the clock (fastest {np.min(walls) * 1e3:.0f}), "
            f"{np.median(cores) * 1e3:.0f} ms of processor (fastest {np.min(cores) * 1e3:.0f})"
        )
    lines += [
        f"  {kind}: {kept[kind, margin]} of {count} mates that score {margin:g} more than any other compared in full"
        for (kind, margin), count in sorted(asked.items())
    ]
    lines.append(f"  {scan.visited:,} prints visited, {scan.screened:,} screened, {scan.compared:,} compared")
    return [*lines, f"  resident {resident():,.0f} MiB, at most {resident('VmHWM'):,.0f} MiB"]


def all_pairs(views: list[BlockView]) -> str:
    """What all pairs would take, from prints that are each searched for among those before them."""
    mean, error = cost_of_all_pairs(views, SAMPLE, score_of_fmr(MAX_FMR))
    minutes = mean * sum(len(view.columns) for view in views) / 120.0
    return (
        f"  all pairs: {mean * 1e3:.2f} ms of one core each (error {error * 1e3:.2f}), so {minutes:.0f} minutes of two"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.mixed_index", description=__doc__)
    parser.add_argument("--gallery", type=Path, required=True, help="a compacted gallery of benchmarks.search.speed")
    parser.add_argument("--prints", type=several(AT_LEAST_1), default="1000000,10000000", help="comma-separated")
    parser.add_argument("--probes", type=AT_LEAST_1, default=100, help="of each kind: real, poor")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where 1.1 KB a print are written, and deleted")
    parser.add_argument("--in-memory", action="store_true", help="keep all of it in memory, and write no files")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    options = parser.parse_args(arguments)
    refuse_together(parser, arguments, "--in-memory", [], "--folder")
    mated = both(options.data)
    probes = spread(mated.probes, {"real", "poor"}, options.probes)
    print(f"prints mixed at the level of the index; code {source_digest()}\n{machine_name()}", flush=True)
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        with Gallery.open(options.gallery, read_only=True, in_memory=options.in_memory) as gallery:
            views, found = places(gallery, {key_of(probe.mate) for probe in probes})
            base = [view.columns for view in views if len(view.columns)]
            for prints in options.prints:
                columns: list[PrintColumns] = []  # no two sizes in memory at a time
                columns += with_more(None if options.in_memory else folder, base, prints, 23)
                where = "in memory" if options.in_memory else "mapped"
                print(f"\n{sum(map(len, columns)):,} prints in {len(columns)} blocks, {where}")
                print("\n".join(searched(columns, probes, found)), flush=True)
                alike = [view for view in views if len(view.columns)]
                blocks = [
                    alike[number % len(alike)]._replace(columns=block, alive=np.ones(len(block), np.bool_))
                    for number, block in enumerate(columns)
                ]
                print(all_pairs(blocks), flush=True)
                del blocks
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
