"""What each step of the extraction gains over a simpler one: the same sets, one step replaced at a time.

    python -m benchmarks.accuracy.ablations --sets fvc2002_db1_b,fvc2002_db3_b,fvc2004_db1_b

The simpler steps are textbook ones, written here and nowhere else: the gradient structure tensor for the orientation,
one period for the whole print, the thinned skeleton with crossing numbers for the minutiae.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from benchmarks.accuracy.error_rates import compare_pairs
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, DataSet, find_sets
from benchmarks.machine import machine_name
from fingerprint_engine import pipeline
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.evaluation import all_pairs, report, score_table
from fingerprint_engine.extractors import ClassicalParameters
from fingerprint_engine.fingers import Finger
from fingerprint_engine.geometry import wrap_orientation
from fingerprint_engine.minutiae import Minutiae, MinutiaKind, extraction, filtering
from fingerprint_engine.minutiae.detection import Candidates, DetectionParameters
from fingerprint_engine.pipeline import PipelineParameters, extract, pipeline_parameters
from fingerprint_engine.preprocessing import RidgeMaps, load_image, ridges
from fingerprint_engine.preprocessing.acceptance import AcceptanceParameters
from fingerprint_engine.preprocessing.block_maps import to_blocks
from fingerprint_engine.preprocessing.normalization import normalize
from fingerprint_engine.preprocessing.spectral.orientation import OrientationField
from fingerprint_engine.template import Template, build_template

CLASSICAL = pipeline_parameters("classical")
SKELETON_TRACE_PX = 14
SPUR_PX = 10.0


def structure_tensor(values: NDArray[np.float32], sigma_blocks: float = 2.0) -> OrientationField:
    """Orientation of the averaged squared gradient, the classical estimate."""
    dx, dy = (cv2.Sobel(values, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    xx, yy, xy = (cv2.GaussianBlur(to_blocks(plane), (0, 0), sigma_blocks) for plane in (dx * dx, dy * dy, dx * dy))
    vector = (xx - yy) - 2j * xy
    coherence = np.abs(vector) / (xx + yy + 1e-9)
    return OrientationField(wrap_orientation(0.5 * np.angle(vector) + np.pi / 2), coherence.astype(np.float32))


def skeleton_minutiae(maps: RidgeMaps, parameters: DetectionParameters) -> Candidates:
    """Crossing numbers of the thinned ridges: endings and bifurcations, directions traced along the skeleton."""
    del parameters
    skeleton = skeletonize((maps.enhanced > 0) & maps.mask)
    rows = []
    for row, col in zip(*np.nonzero(skeleton), strict=True):
        starts = _starts(skeleton, row, col)
        if len(starts) not in (1, 3):
            continue
        arms = [_trace(skeleton, (row, col), first) for first in starts]
        if len(arms) == 1 and len(arms[0]) >= SPUR_PX:
            rows.append((col, row, _angle((row, col), arms[0][-1]), MinutiaKind.ENDING))
        elif len(arms) == 3 and min(map(len, arms)) >= SPUR_PX:
            angles = [_angle((row, col), arm[-1]) for arm in arms]
            # Into the valley: the bisector of the two branches that are closest to each other.
            pairs = [(abs(np.angle(np.exp(1j * (angles[a] - angles[b])))), a, b) for a, b in ((0, 1), (0, 2), (1, 2))]
            _, a, b = min(pairs)
            middle = float(np.angle(np.exp(1j * angles[a]) + np.exp(1j * angles[b])))
            rows.append((col, row, middle, MinutiaKind.BIFURCATION))
    x, y, direction, kind = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    at = np.rint(y).astype(int), np.rint(x).astype(int)
    period = maps.flow.period[at].astype(np.float64)
    return Candidates(x, y, direction, kind.astype(np.uint8), np.full(len(x), 20.0), period)


def _starts(skeleton: NDArray[np.bool_], row: int, col: int) -> list[tuple[int, int]]:
    ring = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    rows, cols = skeleton.shape
    on = [0 <= row + r < rows and 0 <= col + c < cols and bool(skeleton[row + r, col + c]) for r, c in ring]
    return [(row + r, col + c) for k, (r, c) in enumerate(ring) if on[k] and not on[k - 1]]


def _trace(skeleton: NDArray[np.bool_], origin: tuple[int, int], first: tuple[int, int]) -> list[tuple[int, int]]:
    path, seen = [first], {origin, first}
    while len(path) < SKELETON_TRACE_PX:
        row, col = path[-1]
        following = [
            (row + r, col + c)
            for r in (-1, 0, 1)
            for c in (-1, 0, 1)
            if (row + r, col + c) not in seen
            and max(abs(row + r - origin[0]), abs(col + c - origin[1])) > 1
            and 0 <= row + r < skeleton.shape[0]
            and 0 <= col + c < skeleton.shape[1]
            and skeleton[row + r, col + c]
        ]
        if not following:
            break
        path.append(following[0])
        seen.add(following[0])
    return path


def _angle(start: tuple[int, int], end: tuple[int, int]) -> float:
    return float(np.arctan2(start[0] - end[0], end[1] - start[1]))


@contextmanager
def replaced(module: object, name: str, value: object) -> Iterator[None]:
    """Stand-in for one step while a variant is measured."""
    with mock.patch.object(module, name, value):
        yield


@contextmanager
def with_structure_tensor() -> Iterator[None]:
    seen: dict[int, NDArray[np.float32]] = {}

    def remember(pixels: NDArray[np.uint8], parameters: ridges.NormalizationParameters) -> object:
        normalized = normalize(pixels, parameters)
        seen[0] = normalized.values
        return normalized

    def field(*_: object) -> OrientationField:
        return structure_tensor(seen[0])

    with replaced(ridges, "normalize", remember), replaced(ridges, "orientation_field", field):
        yield


@contextmanager
def nothing() -> Iterator[None]:
    yield


def without_coarse_maps(*arguments: object, **named: object) -> Template:
    return build_template(*arguments, **(named | {"orientation": None, "period": None}))  # type: ignore[arg-type]


def changed(**parts: dict[str, object]) -> PipelineParameters:
    """Default parameters with some of the ridge map parameters replaced, by part and name.

    The check for coherence is off: a simpler step is judged by its minutiae, not by how it scales its coherence.
    """
    default = ClassicalParameters()
    acceptance = AcceptanceParameters(min_coherence=0.0, min_quality=0)
    maps = dataclasses.replace(default.ridge_maps, max_wide_share=1.0, acceptance=acceptance)
    for part, values in parts.items():
        maps = dataclasses.replace(maps, **{part: dataclasses.replace(getattr(maps, part), **values)})  # type: ignore[arg-type]
    return PipelineParameters(reading=dataclasses.replace(default, ridge_maps=maps))


VARIANTS: dict[str, tuple[Callable[[], object], PipelineParameters]] = {
    "as shipped": (nothing, CLASSICAL),
    "orientation: structure tensor": (with_structure_tensor, changed()),
    "orientation: spectrum without relaxation": (nothing, changed(orientation={"rounds": 0})),
    "period: 9 px everywhere": (
        lambda: replaced(ridges, "ridge_period", lambda *maps: np.full(maps[1].shape, 9.0, np.float32)),
        CLASSICAL,
    ),
    "enhancement: hardly along the ridge": (nothing, changed(enhancement={"along_sigma_px": 1.5})),
    "minutiae: skeleton": (lambda: replaced(extraction, "detect", skeleton_minutiae), CLASSICAL),
    "minutiae: no dipole filter": (
        lambda: replaced(filtering, "_dipoles", lambda *found: np.zeros(len(found[0]), dtype=np.bool_)),
        CLASSICAL,
    ),
    "minutiae: quality all alike": (
        lambda: replaced(extraction, "minutia_quality", lambda *found: np.full(len(found[0]), 80, np.uint8)),
        CLASSICAL,
    ),
    "template: minutiae only, no coarse maps": (
        lambda: replaced(pipeline, "build_template", without_coarse_maps),
        CLASSICAL,
    ),
}


def measure(data_set: DataSet, parameters: PipelineParameters) -> tuple[float, float, int]:
    """EER and FNMR at FMR 0.1 % in per cent, and failures to extract."""
    named = data_set.images

    def one(path: Path) -> Template | None:
        try:
            return extract(load_image(path, ppi=data_set.ppi), finger=Finger.UNKNOWN, parameters=parameters)
        except FailureToExtract:
            return None

    made = [one(path) for _, path in named]
    failed = np.array([template is None for template in made])
    stand_in = build_template(Minutiae.empty(), shape=(8, 8), parameters_digest=parameters.digest())
    samples = [sample for sample, _ in named]
    pairs = all_pairs(samples)
    scores = compare_pairs([template or stand_in for template in made], pairs)
    rates = report(data_set.name, score_table(samples, pairs, scores, failed)).rates
    return 100 * rates.eer, 100 * rates.fnmr_at_fmr_01_percent, int(failed.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--sets", default=",".join(FVC_SETS))
    parser.add_argument("--only", default="", help="measure only variants whose name contains this")
    options = parser.parse_args()
    sets = find_sets(options.data, options.sets.split(","))
    print(machine_name())
    print(f"{'EER % / FNMR at FMR 0.1 %':44s}" + "".join(f"{item.name:>16s}" for item in sets) + f"{'mean':>16s}")
    for name, (context, parameters) in VARIANTS.items():
        if options.only and options.only not in name:
            continue
        with context():  # type: ignore[attr-defined]
            rows = [measure(item, parameters) for item in sets]
        cells = [f"{eer:.2f} / {fnmr:.2f}" for eer, fnmr, _ in rows]
        mean = f"{np.mean([row[0] for row in rows]):.2f} / {np.mean([row[1] for row in rows]):.2f}"
        print(f"{name:44s}" + "".join(f"{cell:>16s}" for cell in [*cells, mean]), flush=True)


if __name__ == "__main__":
    main()
