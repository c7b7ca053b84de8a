"""Layouts of the sketch compared: bits per minutia, minutiae per print, how the bits are fitted.

Each layout is fitted on every other finger of `uareu`, then mates of the rest, and of poor synthetic impressions, are
looked for among synthetic distractors by late interaction. Printed: share of mates (full score at nearest 45) among the
best 0.02 %, 0.1 % and 0.5 %, and prints scanned per second on one core.

    python -m benchmarks.search.sketch_layouts
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.code_version import source_digest
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.fitting.sketches import SET, Fit, bits_of, mates_of
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from benchmarks.search.image_population import image_population
from benchmarks.search.point_population import point_population
from benchmarks.templates import templates_of
from fingerprint_engine.jit import kernel, popcount
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template

MIN_SCORE = 45.0
SHARES = (0.0002, 0.001, 0.005)
NEAR = {64: 24, 128: 54}
PROBE_MINUTIAE = 48
Words = NDArray[np.uint64]


@kernel
def scan(probe, sketches, near, scores):  # type: ignore[no-untyped-def]
    """As `index.kernels.scan_sketches`, for one or two words and any number of slots: (prints, words, slots)."""
    count = probe.shape[1]
    nearest = np.empty(count, np.int64)
    for t in range(sketches.shape[0]):
        nearest[:] = 999
        for j in range(sketches.shape[2]):
            a = sketches[t, 0, j]
            if sketches.shape[1] == 1:
                for i in range(count):
                    nearest[i] = min(nearest[i], popcount(a ^ probe[0, i]))
            else:
                b = sketches[t, 1, j]
                for i in range(count):
                    nearest[i] = min(nearest[i], popcount(a ^ probe[0, i]) + popcount(b ^ probe[1, i]))
        total = 0
        for i in range(count):
            total += max(near - nearest[i], 0) ** 2
        scores[t] = total


def sketch(template: Template, weights: NDArray[np.int64], slots: int, *, repeat: bool) -> Words:
    """Sketches of a print's best minutiae; (words, slots), or fewer slots when the first is not to be repeated."""
    bits = bits_of(template)[:slots].astype(np.int64)
    signs = bits.reshape(len(bits), -1) @ weights[:-1] + weights[-1] > 0
    packed = np.packbits(signs, axis=1, bitorder="little").view("<u8").T
    if repeat:
        packed = packed[:, np.where(np.arange(slots) < packed.shape[1], np.arange(slots), 0)]
    return np.ascontiguousarray(packed)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.sketch_layouts", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--prints", type=AT_LEAST_1, default=10_000, help="distractors")
    parser.add_argument("--probes", type=AT_LEAST_1, default=150, help="mated pairs of a group at most")
    parser.add_argument("--quick", action="store_true", help="1,000 distractors, 20 pairs a group")
    options = parser.parse_args(arguments)
    if options.quick:
        options.prints, options.probes = 1_000, 20
    made = templates_of(find_sets(options.data, [SET])[0], workers=2)
    prints: dict[str, list[Template]] = {}
    for sample, template in zip(made.samples, made.templates, strict=True):
        prints.setdefault(sample.finger, []).append(template)
    fitted = set(list(prints)[::2])
    mates = mates_of({finger: templates for finger, templates in prints.items() if finger in fitted})
    bits = {(finger, at): bits_of(t) for finger in fitted for at, t in enumerate(prints[finger])}
    rng = np.random.default_rng(3)
    pairs: dict[str, list[tuple[Template, Template]]] = {SET: [], "poor": []}
    for finger in sorted(set(prints) - fitted):
        for _ in range(-(-options.probes // (len(prints) - len(fitted)))):
            a, b = rng.choice(len(prints[finger]), 2, replace=False)
            pairs[SET].append((prints[finger][a], prints[finger][b]))
    for made_finger in image_population(options.probes):
        probe = made_finger.probes["poor"]
        if probe is not None and made_finger.enrolled is not None:
            pairs["poor"].append((probe, made_finger.enrolled))
    kept = {g: [(p, e) for p, e in found if Matcher(p).score(e) >= MIN_SCORE] for g, found in pairs.items()}
    others = [
        Template.from_bytes(part.data[a:b].tobytes())
        for part in point_population(options.prints)
        for a, b in zip(part.offset, part.offset[1:], strict=False)
    ]
    print(f"sketch layouts among {len(others):,} other prints; code {source_digest()}\n{machine_name()}")
    for length in (64, 128):
        for discriminant in (False, True):
            fit = Fit(bits, mates, discriminant=discriminant, length=length)
            weights = fit.whole_numbers().astype(np.int64)
            for slots in (32, 48):
                gallery = np.stack([sketch(template, weights, slots, repeat=True) for template in others])
                report = f"{length} bits, {'discriminants' if discriminant else 'principal axes'}, {slots} minutiae"
                print(f"{report:<40}{measure(kept, weights, gallery, NEAR[length])}", flush=True)


def measure(
    pairs: dict[str, list[tuple[Template, Template]]], weights: NDArray[np.int64], gallery: Words, near: int
) -> str:
    """Recall of each group at `SHARES`, and the rate of the scan."""
    scores, own = np.empty(len(gallery), np.int64), np.empty(1, np.int64)
    times, text = [], ""
    for group, mated in pairs.items():
        beaten = []
        for probe, mate in mated:
            words = sketch(probe, weights, PROBE_MINUTIAE, repeat=False)
            scan(words, sketch(mate, weights, gallery.shape[2], repeat=True)[None], near, own)
            start = time.process_time()
            scan(words, gallery, near, scores)
            times.append(time.process_time() - start)
            beaten.append((scores >= own[0]).mean())
        recall = " / ".join(f"{np.mean(np.array(beaten) <= share):.3f}" for share in SHARES)
        text += f"{group} ({len(mated)}): {recall}   "
    return f"{text}{len(gallery) / float(np.median(times[2:])) / 1e6:.1f} M prints/s"


if __name__ == "__main__":
    main()
