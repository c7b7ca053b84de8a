"""Are templates and scores those of another state of the code? Bit for bit, but for the digests of the parameters.

    python -m benchmarks.accuracy.unchanged --write before.json     # in the one state
    python -m benchmarks.accuracy.unchanged --against before.json   # in the other

Prints of `data/samples` and of every set found are extracted by both extractors; all mated pairs and all pairs of first
impressions are compared, and half the prints searched for in the others.
A file holds one hash per print and one per set of scores: no print can be told from it.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.data_sets import DEFAULT_DATA, SAMPLES, find_sets
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.index import Gallery
from fingerprint_engine.matching import Matcher
from fingerprint_engine.pipeline import extract, pipeline_parameters
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template

DIGEST_AT = slice(10, 26)
"""Where the native bytes hold the digests of extraction and descriptors, see docs/formats.md."""


def content_hash(template: Template) -> str:
    """Of everything that a template holds but its two digests and its checksum."""
    data = template.to_bytes()
    return hashlib.sha256(data[: DIGEST_AT.start] + data[DIGEST_AT.stop : -4]).hexdigest()[:16]


def hashes_of(images: list[Path], ppi: float | None, extractor: str) -> dict[str, str]:
    """One hash per print, one for all scores and one for all searches."""
    found: dict[str, str] = {}
    templates: dict[str, Template] = {}
    for path in images:
        try:
            template = extract(load_image(path, ppi=ppi), parameters=pipeline_parameters(extractor))  # type: ignore[arg-type]
        except FailureToExtract as failure:
            found[path.stem] = failure.reason.value
            continue
        templates[path.stem] = template
        found[path.stem] = content_hash(template)
    names = sorted(templates)
    scores = []
    for number, name in enumerate(names):
        finger = name.rpartition("_")[0]
        others = [
            templates[other]
            for other in names[number + 1 :]
            if other.rpartition("_")[0] == finger or name.endswith("_1") == other.endswith("_1")
        ]
        scores.append(Matcher(templates[name]).scores(others))
    found["scores"] = hashlib.sha256(np.concatenate(scores).tobytes()).hexdigest()[:16]
    gallery = Gallery()
    for name in names[::2]:
        gallery.enrol(name, templates[name])
    answers = [
        [found_in.outcome.value, [(c.key, c.score) for c in found_in.candidates]]
        for found_in in (gallery.identify(templates[name]) for name in itertools.islice(names[1::2], 40))
    ]
    found["searches"] = hashlib.sha256(json.dumps(answers).encode()).hexdigest()[:16]
    return found


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy.unchanged", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the sets, see benchmarks/README.md")
    parser.add_argument("--quick", action="store_true", help="twelve prints of a set")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--write", type=Path, metavar="FILE", help="keep the hashes")
    group.add_argument("--against", type=Path, metavar="FILE", help="compare with hashes kept before")
    arguments = parser.parse_args(words)
    sets: list[tuple[str, list[Path], float | None]] = [("samples", sorted(SAMPLES.glob("*_*.png")), None)]
    sets += [
        (each.name, [path for _, path in each.images], each.ppi)
        for each in find_sets(arguments.data, None)
        if each.name != "samples"
    ]
    hashes = {
        f"{name} {extractor}": hashes_of(images[: 12 if arguments.quick else None], ppi, extractor)
        for extractor in ("learned", "classical")
        for name, images, ppi in sets
    }
    if arguments.write:
        arguments.write.write_text(json.dumps(hashes, indent=1, sort_keys=True), encoding="utf-8")
        print(f"{sum(map(len, hashes.values()))} hashes written to {arguments.write}")
        return 0
    before = json.loads(arguments.against.read_text(encoding="utf-8"))
    differences = 0
    for name, entries in hashes.items():
        changed = [key for key, value in entries.items() if before.get(name, {}).get(key) != value]
        differences += len(changed)
        print(f"{name}: {len(entries) - len(changed)} of {len(entries)} unchanged" + f" {changed[:5]}" * bool(changed))
    return 10 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
