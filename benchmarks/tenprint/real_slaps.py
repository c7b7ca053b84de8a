"""Real slaps against boxes that were drawn by eye: `python -m benchmarks.tenprint.real_slaps`.

`real_slaps.csv` beside this holds the truth as numbers: for each finger the upright box of its fingertip down to the
joint, in pixels. It was drawn before any segmentation was looked at.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.data_sets import DEFAULT_DATA
from fingerprint_engine import compare, load_image
from fingerprint_engine.fingers import Finger
from fingerprint_engine.tenprint import TenprintSet, read_hand

TRUTH = Path(__file__).with_name("real_slaps.csv")
TOLERANCE_PX = 64
Box = tuple[int, int, int, int]


def true_boxes() -> dict[str, dict[Finger, Box]]:
    """Left, right, top, bottom of each fingertip, by image and finger."""
    truth: dict[str, dict[Finger, Box]] = defaultdict(dict)
    with TRUTH.open(newline="") as file:
        for image, finger, *sides in csv.reader(line for line in file if not line.startswith("image")):
            left, right, top, bottom = map(int, sides)
            truth[image][Finger(int(finger))] = left, right, top, bottom
    return dict(truth)


def errors_of(found: TenprintSet, shape: tuple[int, int], truth: dict[Finger, Box]) -> dict[Finger, Box | None]:
    """How far each side of each box is from the truth; None where the finger was not found."""
    errors: dict[Finger, Box | None] = dict.fromkeys(truth)
    for one in found.prints:
        if one.finger in truth and one.box is not None:
            left, right, top, bottom = (a - b for a, b in zip(one.box.bounds(shape), truth[one.finger], strict=True))
            errors[one.finger] = left, right, top, bottom
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    prints, far, lost, count = {}, 0, 0, 0
    for name, truth in true_boxes().items():
        image = load_image(arguments.data / "slaps" / f"{name}.png", ppi=500)
        start = time.process_time()
        found = read_hand(image)
        took = time.process_time() - start
        errors = errors_of(found, image.shape, truth)
        count += len(truth)
        lost += sum(error is None for error in errors.values())
        far += sum(error is not None and max(map(abs, error)) > TOLERANCE_PX for error in errors.values())
        person, capture = name.split("_")[0], name.split("_")[-1]
        prints |= {(person, one.finger, capture): one.template for one in found.prints}
        said = "; ".join(map(str, found.problems)) or "no problems"
        print(f"{name}: {found.prints[0].position}, {1e3 * took:.0f} ms, {said}")
        for finger, error in errors.items():
            print(f"   {finger.words}: {'not found' if error is None else error}")
    print(f"{count} fingertips, {lost} not found or under another name, {far} with a side beyond {TOLERANCE_PX} px")
    mated, others = [], []
    for (a, first), (b, second) in itertools.combinations(prints.items(), 2):
        if first is not None and second is not None:
            (mated if a[:2] == b[:2] else others).append(compare(first, second).score)
    print(
        f"mated pairs of the two captures: {len(mated)}, lowest score {min(mated):.0f}, median {np.median(mated):.0f}"
    )
    print(f"non-mated pairs: {len(others)}, highest score {max(others):.0f}")


if __name__ == "__main__":
    main()
