"""Synthetic prints beside real ones, for the eye, and their statistics.

Run ``python -m training.contact_sheet --real ../shared/data/uareu --output sheet.png``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from benchmarks.options import AT_LEAST_0, AT_LEAST_1

from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize
from training.samples import SampleStream


def tile(pixels: np.ndarray, side: int) -> np.ndarray:
    scale = side / max(pixels.shape)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    below, right = side - small.shape[0], side - small.shape[1]
    return cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_CONSTANT, value=127)


def statistics(images: list[np.ndarray]) -> str:
    rows = []
    for pixels in images:
        contrast = normalize(pixels, NormalizationParameters()).contrast
        rows.append((pixels.mean(), np.percentile(contrast, 50), np.percentile(contrast, 95)))
    quartiles = np.percentile(np.array(rows), [10, 50, 90], axis=0)
    names = ("mean grey", "median contrast", "95 % contrast")
    return "; ".join(f"{name} {' / '.join(f'{v:.0f}' for v in quartiles[:, k])}" for k, name in enumerate(names))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="folder of real prints to put beside")
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    parser.add_argument("--side", type=AT_LEAST_1, default=256)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    stream = SampleStream(options.seed)
    made = [stream.impression(number).pixels for number in range(32)]
    print("synthetic, 10 / 50 / 90 %:", statistics(made))
    tiles = [tile(pixels, options.side) for pixels in made]
    if options.real:
        paths = sorted(options.real.glob("*.png"))
        rng = np.random.default_rng(options.seed)
        real = [cv2.imread(str(paths[k]), cv2.IMREAD_GRAYSCALE) for k in rng.choice(len(paths), 16, replace=False)]
        print("real, 10 / 50 / 90 %:     ", statistics(real))
        tiles += [tile(pixels, options.side) for pixels in real]
    rows = [np.hstack(tiles[k : k + 8]) for k in range(0, len(tiles), 8)]
    cv2.imwrite(str(options.output), np.vstack(rows))


if __name__ == "__main__":
    main()
