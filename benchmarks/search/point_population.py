"""A population of non-mated prints at template level: point prints, described and packed; a million in minutes.

"Synthetic distractors": they are no fingers, their minutiae were scattered (see `synthesis.point_prints`). What is
measured with them says how an engine copes with many prints, not how prints of people differ; `realism` says how far
their scores against real prints follow those of real prints against each other.

The first `SCATTERED` are kept in ``benchmarks/results/point_population``, in files of `PART_PRINTS`; runs side
by side share the work, and a larger population begins with the smaller one. Further prints are joined of these
(`joined_prints`) whenever they are needed: a million in two minutes, and no space on the disk. Joined ones share
minutiae with each other, so that all pairs of them would find thousands that look like one finger: for these
`scattered_prints` scatters and keeps as many as are asked for (a million: 20 minutes of two cores, 2.7 GB).

Run ``python -m benchmarks.search.point_population --help``.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import RESULTS
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.search.joined_prints import joined
from benchmarks.templates import templates_of
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae.columns import SingularPoints
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.synthesis.point_prints import (
    PointPrint,
    PointPrintParameters,
    draw_flow,
    make_point_print,
)
from fingerprint_engine.template import CoarseMap, Template, TemplateBatch, TemplateParameters
from fingerprint_engine.template.cylinders import WORDS, angular_table, cell_offsets
from fingerprint_engine.template.kernels.descriptors import cylinder_words
from fingerprint_engine.template.quantization import direction_codes, each_once, quantize_minutiae

SEED = 9_000
PART_PRINTS = 10_000
SCATTERED = 100_000
FLOWS = 2_000
"""Ridge flows that the prints of a population share: of two prints, one pair in so many has the same."""
PARAMETERS = TemplateParameters()
EXTRACTOR_DIGEST = DEFAULT_PARAMETERS.digest()
NO_POINTS = SingularPoints.empty()


@dataclasses.dataclass(frozen=True)
class PointPart:
    """Native templates one after another, and where each begins."""

    data: NDArray[np.uint8]
    offset: NDArray[np.int64]


def point_population(prints: int) -> Iterator[PointPart]:
    """The first `prints` of them, part by part; those not yet scattered are now, about a millisecond each."""
    for number in range(-(-prints // PART_PRINTS)):
        part = read_part(number) if number * PART_PRINTS < SCATTERED else joined_part(number)
        count = min(PART_PRINTS, prints - number * PART_PRINTS)
        yield PointPart(part.data[: part.offset[count]], part.offset[: count + 1])


def scattered_prints(begin: int, end: int) -> Iterator[bytes]:
    """Native templates of some prints of a population in which no two share minutiae, however large it is."""
    for number in range(begin // PART_PRINTS, -(-end // PART_PRINTS)):
        part, first = read_part(number), number * PART_PRINTS
        for row in range(max(begin - first, 0), min(end - first, PART_PRINTS)):
            yield part.data[part.offset[row] : part.offset[row + 1]].tobytes()


def read_part(number: int) -> PointPart:
    """One part, made now unless it was before."""
    path = _folder() / f"{number:05d}.npz"
    if not path.is_file():
        write_part(path, number)
    with np.load(path) as kept:
        return PointPart(kept["data"], kept["offset"])


def joined_part(number: int) -> PointPart:
    """One part of prints joined of scattered ones."""
    rng = np.random.default_rng([SEED, number + 1])
    base = _scattered()
    return PointPart(*joined(base.data, base.offset, PART_PRINTS, PARAMETERS, rng))


@functools.lru_cache(maxsize=1)
def _scattered() -> PointPart:
    parts = [read_part(number) for number in range(SCATTERED // PART_PRINTS)]
    sizes = np.concatenate([np.diff(part.offset) for part in parts])
    return PointPart(np.concatenate([part.data for part in parts]), np.concatenate([[0], np.cumsum(sizes)]))


def write_part(path: Path, number: int) -> None:
    """Make the prints of one part."""
    rng = np.random.default_rng([SEED, number + 1])
    flows = flow_pool()
    pieces = [template_of(make_point_print(flows[rng.integers(FLOWS)], rng)).to_bytes() for _ in range(PART_PRINTS)]
    offset = np.zeros(PART_PRINTS + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offset[1:])
    temporary = path.with_suffix(f".{os.getpid()}.tmp.npz")
    np.savez(temporary, data=np.frombuffer(b"".join(pieces), np.uint8), offset=offset)
    temporary.replace(path)


@functools.lru_cache(maxsize=1)
def flow_pool() -> list[NDArray[np.float32]]:
    """The ridge flows of the population."""
    rng = np.random.default_rng([SEED, 0])
    return [draw_flow(rng) for _ in range(FLOWS)]


def _folder() -> Path:
    text = PointPrintParameters().digest() + PARAMETERS.digest() + EXTRACTOR_DIGEST
    folder = RESULTS / "point_population" / text.hex()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def template_of(made: PointPrint, finger: Finger = Finger.UNKNOWN) -> Template:
    """The template of a point print: as `build_template` makes it, with the outline itself in the place of a mask."""
    minutiae = each_once(quantize_minutiae(made.minutiae, made.shape)).best(PARAMETERS.plain_minutiae)
    code = direction_codes(minutiae.direction)
    along, across = cell_offsets(PARAMETERS.radius_px)
    angle = code.astype(np.float64) * (2.0 * np.pi / 256.0)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = minutiae.x.astype(np.float64), minutiae.y.astype(np.float64)
    px = x[:, None] + along * cosine + across * sine
    py = y[:, None] - along * sine + across * cosine
    valid = made.depth(px, py) >= -PARAMETERS.mask_dilation_px
    words = np.zeros((len(minutiae), WORDS), np.uint64)
    cylinder_words(  # type: ignore[no-untyped-call]
        x, y, code, along, across, valid, angular_table(PARAMETERS.angular_sigma_rad), PARAMETERS.spatial_sigma_px,
        PARAMETERS.activation, words,
    )  # fmt: skip
    words.setflags(write=False)
    known = made.orientation != 255
    rows, cols = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    window = made.orientation[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    down = (rows[0] + np.arange(0, window.shape[0], 2)) // 2
    right = (cols[0] + np.arange(0, window.shape[1], 2)) // 2
    periods = made.periods[down[:, None], right]
    return Template(
        minutiae=minutiae,
        singular_points=NO_POINTS,
        cylinders=words,
        coarse_map=CoarseMap(int(rows[0]), int(cols[0]), window, periods),
        finger=finger,
        impression=Impression.UNKNOWN,
        quality=75,
        shape=made.shape,
        source_ppi=500.0,
        extractor="synthetic distractor",
        parameters_digest=EXTRACTOR_DIGEST,
        descriptor_digest=PARAMETERS.digest(),
        radius_px=float(np.float32(PARAMETERS.radius_px)),
    )


def realism(data: Path) -> list[str]:
    """Non-mated scores: real prints among themselves, real against point prints, point prints among themselves."""
    made = templates_of(find_sets(data, ["uareu"])[0], workers=2)
    fingers = np.array([sample.finger for sample in made.samples])
    part = next(point_population(1_000))
    points = [Template.from_bytes(part.data[a:b].tobytes()) for a, b in zip(part.offset, part.offset[1:], strict=False)]
    real, point_prints = TemplateBatch.of(made.templates), TemplateBatch.of(points)
    scores: dict[str, list[NDArray[np.float64]]] = {"real-real": [], "real-point": [], "point-point": []}
    for at in np.random.default_rng(0).permutation(len(made.templates))[:60]:
        matcher = Matcher(made.templates[at])
        scores["real-real"].append(matcher.scores(real)[fingers != fingers[at]])
        scores["real-point"].append(matcher.scores(point_prints))
        scores["point-point"].append(np.delete(Matcher(points[at]).scores(point_prints), at))
    reference = np.concatenate(scores["real-real"])
    lines = [f"{'non-mated':<12} {'pairs':>7} {'KS':>6} {'mean':>6}  share with a score of at least 10, 20, 30, 40"]
    for name, found in scores.items():
        values = np.concatenate(found)
        shares = "  ".join(f"{(values >= level).mean():.1e}" for level in (10, 20, 30, 40))
        lines.append(f"{name:<12} {len(values):>7} {_ks(reference, values):6.3f} {values.mean():6.2f}  {shares}")
    return lines


def _ks(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Kolmogorov and Smirnov's distance: the largest difference of the two distribution functions."""
    values = np.concatenate([first, second])
    below = [np.searchsorted(np.sort(one), values, side="right") / len(one) for one in (first, second)]
    return float(np.abs(below[0] - below[1]).max())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.point_population", description=__doc__)
    parser.add_argument(
        "--prints", type=AT_LEAST_0, default=0, help="make so many (100,000 take two minutes, all others seconds)"
    )
    text = f"scatter those beyond {SCATTERED:,} too, for all pairs (a million take 40 minutes of one core and 2.7 GB)"
    parser.add_argument("--scattered", action="store_true", help=text)
    parser.add_argument("--worker", type=AT_LEAST_0, default=0, help="which of the runs side by side this is, from 0")
    parser.add_argument("--workers", type=AT_LEAST_1, default=1, help="runs side by side")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    options = parser.parse_args(arguments)
    prints = options.prints if options.scattered else min(options.prints, SCATTERED)
    for number in range(options.worker, -(-prints // PART_PRINTS), options.workers):
        path = _folder() / f"{number:05d}.npz"
        if not path.is_file():
            write_part(path, number)
            print(f"prints up to {(number + 1) * PART_PRINTS}", flush=True)
    if not options.prints:
        print("\n".join(realism(options.data)))


if __name__ == "__main__":
    main()
