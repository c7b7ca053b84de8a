"""How long extraction and comparison take on one core, how large a template is and how much memory is used at most.

Times are processor time of the process, all threads together: on an idle machine that is what the clock shows with one
thread, and on a shared one it does not count the others. Only whole processes (import, command line) go by the clock.

Run ``python -m benchmarks.speed --help``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, DataSet, find_sets
from benchmarks.machine import machine_name
from benchmarks.speed.steps import time_runtimes, time_steps
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.index import Gallery
from fingerprint_engine.intake.warming import warm_up
from fingerprint_engine.matching import Matcher
from fingerprint_engine.pipeline import (
    DEFAULT_EXTRACTOR,
    ExtractorName,
    PipelineParameters,
    extract,
    pipeline_parameters,
)
from fingerprint_engine.plugins import DEFAULT_RUNTIME, chosen_runtime
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.template import Template, TemplateBatch

SET = "fvc2002_db1_b"
QUICK_IMAGES, QUICK_COMPARISONS = 16, 200
COPIES, STRIDE = 32, 5
"""Copies of a reference in a timed batch; every so many-th pair is timed this way."""
COMMAND_REPEATS = 3
Figures = dict[str, float]


def main(arguments: list[str] | None = None) -> dict[str, Figures]:
    options = _parser().parse_args(arguments)
    data_set = find_sets(options.data, [options.set] if (options.data / "datasets.csv").is_file() else None)[0]
    cv2.setNumThreads(1)
    print(machine_name(), "- compiling kernels, which is not timed", flush=True)
    warm_up()
    found: dict[str, Figures] = {}
    parameters = pipeline_parameters(options.extractor)
    limit = QUICK_IMAGES if options.quick else None
    found["extraction [ms]"], images = time_extraction(data_set, limit, parameters)
    steps, seen = time_steps([load_image(path, ppi=data_set.ppi) for _, path in data_set.images[:limit]], parameters)
    found |= {f"of it {name} [ms]": _figures(times) for name, times in steps.items()}
    templates = [template for _, template in images]
    found["template size [bytes]"] = _figures([len(template.to_bytes()) for template in templates])
    found["minutiae"] = _figures([len(template) for template in templates])
    fingers = [finger for finger, _ in images]
    found |= time_comparisons(fingers, templates, QUICK_COMPARISONS if options.quick else None)
    found["identify, per enrolled print [µs]"] = time_search(templates)
    found["peak memory [MiB]"] = {"max": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}
    found |= {f"network in {name} [ms]": _figures(times) for name, times in time_runtimes(seen).items()}
    found |= time_processes(data_set, 1 if options.quick else COMMAND_REPEATS)
    lines = [
        f"{data_set.name}, {options.extractor} extractor, network in {chosen_runtime()}, processor time, kernels warm; "
        f"code {source_digest()}",
        machine_name(),
        "",
    ]
    for name, figures in found.items():
        lines.append(f"{name:<40}" + "  ".join(f"{key} {value:,.4g}" for key, value in figures.items()))
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    unusual = {options.extractor, chosen_runtime()} - {DEFAULT_EXTRACTOR, DEFAULT_RUNTIME}
    suffix = "".join(f"_{name}" for name in sorted(unusual))
    stem = f"speed{suffix}{'_quick' if options.quick else ''}"
    (options.output / f"{stem}.txt").write_text("\n".join(lines) + "\n")
    document = {"code": source_digest(), "machine": machine_name(), "set": data_set.name, "figures": found}
    (options.output / f"{stem}.json").write_text(json.dumps(document, indent=1) + "\n")
    return found


def time_extraction(
    data_set: DataSet, limit: int | None, parameters: PipelineParameters
) -> tuple[Figures, list[tuple[str, Template]]]:
    """Time `extract` without reading the file; failures are timed too, as they cost the caller as much."""
    named = data_set.images[:limit]
    extract(load_image(named[0][1], ppi=data_set.ppi), parameters=parameters)
    times, templates = [], []
    for sample, path in named:
        image = load_image(path, ppi=data_set.ppi)
        start = time.process_time_ns()
        try:
            template = extract(image, parameters=parameters)
        except FailureToExtract:
            template = None
        times.append((time.process_time_ns() - start) / 1e6)
        if template is not None:
            templates.append((sample.finger, template))
    return _figures(times), templates


def time_comparisons(fingers: list[str], templates: list[Template], limit: int | None) -> dict[str, Figures]:
    """Time comparisons with a prepared probe, in three ways.

    Each pair for itself, without the call: a batch of `COPIES` of one reference, divided by their number. Each pair
    with the call. And the mean over all non-mated prints of a probe in one batch, which is what a search costs: some
    are rejected early, the others are aligned and cost several times as much.
    """
    mated: list[float] = []
    non_mated: list[float] = []
    batched: list[float] = []
    inside: dict[bool, list[float]] = {True: [], False: []}
    for position, probe in enumerate(templates):
        matcher = Matcher(probe)
        matcher.score(probe)
        others = [i for i in range(len(templates)) if i != position]
        for other in others:
            times = mated if fingers[other] == fingers[position] else non_mated
            if limit is None or len(times) < limit:
                batch = TemplateBatch.of([templates[other]])
                times.append(_time_us(lambda m=matcher, b=batch: m.scores(b)))
        for other in others[position % STRIDE :: STRIDE]:
            copies = TemplateBatch.of([templates[other]] * COPIES)
            elapsed = _time_us(lambda m=matcher, b=copies: m.scores(b)) / COPIES
            inside[fingers[other] == fingers[position]].append(elapsed)
        batch = TemplateBatch.of([templates[i] for i in others if fingers[i] != fingers[position]])
        batched.append(_time_us(lambda m=matcher, b=batch: m.scores(b)) / max(1, len(batch)))
    prepared = [_time_us(lambda t=template: Matcher(t)) for template in templates]
    return {
        "non-mated comparison [µs]": _figures(inside[False]),
        "mated comparison [µs]": _figures(inside[True]),
        "non-mated, mean of a batch [µs]": _figures(batched),
        "non-mated, one call [µs]": _figures(non_mated),
        "mated, one call [µs]": _figures(mated),
        "preparing a packed probe [µs]": _figures(prepared),
    }


def time_search(templates: list[Template]) -> Figures:
    """Time `Gallery.identify` over all templates, per template."""
    gallery = Gallery()
    gallery.enrol_many((f"{number:06d}", template) for number, template in enumerate(templates))
    return _figures([_time_us(lambda t=template: gallery.identify(t)) / len(gallery) for template in templates])


def time_processes(data_set: DataSet, repeats: int) -> dict[str, Figures]:
    """Time a fresh process that imports the package, and the command line verifying two prints, kernels cached."""
    paths = [str(path) for _, path in data_set.images[:2]]
    package = [sys.executable, "-c", "import time; t = time.perf_counter(); import fingerprint_engine; "
               "print(time.perf_counter() - t)"]  # fmt: skip
    verify = [sys.executable, "-m", "fingerprint_engine", "verify", *paths, "--ppi", f"{data_set.ppi:g}"]
    imports = [1e3 * float(_run(package)[1]) for _ in range(repeats)]
    with tempfile.TemporaryDirectory() as folder:
        _run(verify, folder)  # fills the kernel cache
        verified = [_run(verify, folder)[0] for _ in range(repeats)]
    return {"import [ms]": _figures(imports), "verify on the command line [s]": _figures(verified)}


def _run(command: list[str], folder: str | None = None) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode not in (0, 1):  # 1 says "no match", which is an answer
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return elapsed, done.stdout


def _time_us(work: Callable[[], object]) -> float:
    """Microseconds of processor time of one run, after one that is not timed."""
    work()
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e3


def _figures(values: list[float] | list[int]) -> Figures:
    median, high = np.percentile(values, [50.0, 95.0])
    return {"median": float(median), "p95": float(high)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--set", default=SET)
    parser.add_argument("--extractor", choices=get_args(ExtractorName), default=DEFAULT_EXTRACTOR)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_IMAGES} images, {QUICK_COMPARISONS} comparisons")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser
