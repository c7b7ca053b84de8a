"""Extract and compare with one package, in its own interpreter: ``python drive.py JOB.json``.

The job names the adapter, the extractor, a CSV of images (path, ppi, finger, impression) and for each matcher a CSV of
pairs (row numbers of images) and the files to write: scores in the format of score files, and times. Only the standard
library is used, because nothing else is sure to be there. Times are processor time of the process, all its threads
together: on an idle machine that is what the clock shows with one thread, and on a shared one it does not count others.
"""

from __future__ import annotations

import base64
import csv
import importlib
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

COLUMNS = ("probe_finger", "probe_impression", "reference_finger", "reference_impression", "score", "failed")
FAILED = ("", "probe", "reference", "both")
PROGRESS_S = 1.0
Row = dict[str, str]


class Adapter(Protocol):
    """What each adapter module offers as `Engine`, beside its `VERSION`; built with the name of the extractor."""

    def load(self, path: str, ppi: float) -> Any:
        """Read an image as far as the package allows; not timed."""

    def extract(self, image: Any) -> Any:
        """Make a template; any exception counts as a failure to extract."""

    def minutiae(self, template: Any) -> int:
        """Number of minutiae; a template without any counts as a failure to extract."""

    def size(self, template: Any) -> int:
        """Bytes of the smallest form in which the package stores a template."""

    def dump(self, template: Any) -> bytes | None:
        """The template without any loss, or None where the package has no such form."""

    def restore(self, data: bytes) -> Any:
        """The template that `dump` wrote."""

    def enrol(self, template: Any, matcher: str) -> Any:
        """What can be prepared once and used in all comparisons of a template."""

    def compare(self, probe: Any, reference: Any, matcher: str) -> float:
        """Score of two enrolled templates, >= 0, higher is more alike; any exception counts as score 0."""

    def pack(self, templates: list[Any], matcher: str) -> Any:
        """Many templates packed to be searched, or None where the package compares one by one only."""

    def compare_packed(self, probe: Any, packed: Any, matcher: str) -> None:
        """Compare an enrolled template with all that `pack` packed."""


def main(path: str) -> None:
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    start = time.perf_counter()
    adapter = importlib.import_module(job["adapter"])
    import_ms = 1e3 * (time.perf_counter() - start)
    engine: Adapter = adapter.Engine(job["extractor"])
    with Path(job["images"]).open(newline="", encoding="utf-8") as file:
        images = list(csv.DictReader(file))
    kept = Path(job["templates"])
    extracted = read_templates(engine, kept, job["key"])
    if extracted is None:
        extracted = extract_all(engine, images)
        extracted["figures"]["import_ms"] = import_ms
        keep_templates(engine, kept, job["key"], extracted)
    for task in job["tasks"]:
        figures = compare_all(engine, images, extracted["templates"], task)
        document = {"key": task["key"], "version": adapter.VERSION, **extracted["figures"], **figures}
        document["failures"] = extracted["failures"]
        # Times last: they say that the scores beside them are whole.
        write_whole(Path(task["times"]), json.dumps(document, indent=1) + "\n")


def extract_all(engine: Adapter, images: list[Row]) -> dict[str, Any]:
    """Templates in the order of `images`, None where there is none, with reasons, times and sizes."""
    templates: list[Any] = []
    failures: dict[str, str] = {}
    times, sizes, counts = [], [], []
    try:  # Untimed: the first call loads models and compiles.
        engine.extract(engine.load(images[0]["path"], float(images[0]["ppi"])))
    except Exception as error:
        print(f"warming up: {describe(error)}", file=sys.stderr)
    progress = Progress("extracting", len(images))
    for row in images:
        template = None
        try:
            image = engine.load(row["path"], float(row["ppi"]))
            start = time.process_time_ns()
            try:
                template = engine.extract(image)
            finally:
                times.append((time.process_time_ns() - start) / 1e6)
            if engine.minutiae(template) == 0:
                raise ValueError("no minutiae")
            counts.append(engine.minutiae(template))
            sizes.append(engine.size(template))
        except Exception as error:
            template = None
            failures[f"{row['finger']}_{row['impression']}"] = describe(error)
        templates.append(template)
        progress.step()
    figures = {"extraction_ms": summary(times), "bytes": summary(sizes), "minutiae": summary(counts)}
    return {"templates": templates, "failures": failures, "figures": figures}


def compare_all(engine: Adapter, images: list[Row], templates: list[Any], task: dict[str, Any]) -> dict[str, Any]:
    """Compare the pairs of a task and write its score file; returns times by kind of pair."""
    matcher = task["matcher"]
    with Path(task["pairs"]).open(newline="", encoding="utf-8") as file:
        pairs = [(int(row["probe"]), int(row["reference"])) for row in csv.DictReader(file)]
    enrolled, enrol_times = [], []
    for template in templates:
        start = time.process_time_ns()
        enrolled.append(None if template is None else engine.enrol(template, matcher))
        if template is not None:
            enrol_times.append((time.process_time_ns() - start) / 1e3)
    whole = [item for item in enrolled if item is not None]
    if whole:  # Untimed, as in extraction.
        engine.compare(whole[0], whole[-1], matcher)
    mated: list[float] = []
    non_mated: list[float] = []
    rows, failed_comparisons = [], []
    progress = Progress("comparing", len(pairs))
    for probe, reference in pairs:
        first, second = images[probe], images[reference]
        score = 0.0
        if enrolled[probe] is not None and enrolled[reference] is not None:
            times = mated if first["finger"] == second["finger"] else non_mated
            start = time.process_time_ns()
            try:
                score = engine.compare(enrolled[probe], enrolled[reference], matcher)
                if not (math.isfinite(score) and score >= 0.0):
                    raise ValueError(f"score {score}")
            except Exception as error:
                score = 0.0
                failed_comparisons.append(describe(error))
            times.append((time.process_time_ns() - start) / 1e3)
        failed = FAILED[(enrolled[probe] is None) + 2 * (enrolled[reference] is None)]
        labels = (first["finger"], first["impression"], second["finger"], second["impression"])
        rows.append((*labels, repr(float(score)), failed))
        progress.step()
    target = Path(task["scores"])
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    temporary.replace(target)
    return {
        "mated_us": summary(mated),
        "non_mated_us": summary(non_mated),
        "packed_non_mated_us": time_packed(engine, images, templates, enrolled, matcher),
        "enrol_us": summary(enrol_times[1:] or enrol_times),  # the first one compiles
        "failed_comparisons": len(failed_comparisons),
        "failed_comparison": failed_comparisons[0] if failed_comparisons else "",
    }


def time_packed(
    engine: Adapter, images: list[Row], templates: list[Any], enrolled: list[Any], matcher: str
) -> dict[str, float | int]:
    """Time of one comparison of a probe with all non-mated references at once, where the package can."""
    times: list[float] = []
    for number, probe in enumerate(enrolled):
        others = [
            template
            for template, row in zip(templates, images, strict=True)
            if template is not None and row["finger"] != images[number]["finger"]
        ]
        packed = engine.pack(others, matcher) if probe is not None and others else None
        if packed is None:
            continue
        start = time.process_time_ns()
        engine.compare_packed(probe, packed, matcher)
        times.append((time.process_time_ns() - start) / 1e3 / len(others))
    return summary(times)


def summary(values: Sequence[float]) -> dict[str, float | int]:
    """Median, 95th percentile (nearest rank) and number of values."""
    if not values:
        return {"count": 0}
    ranked = sorted(values)
    middle = len(ranked) // 2
    median = ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
    return {"median": median, "p95": ranked[math.ceil(0.95 * len(ranked)) - 1], "count": len(ranked)}


def keep_templates(engine: Adapter, path: Path, key: str, extracted: dict[str, Any]) -> None:
    """Write templates down, so that a run that is stopped while comparing need not extract again."""
    data = [None if template is None else engine.dump(template) for template in extracted["templates"]]
    if any(item is None and template is not None for item, template in zip(data, extracted["templates"], strict=True)):
        return
    encoded = [None if item is None else base64.b64encode(item).decode() for item in data]
    write_whole(path, json.dumps({**extracted, "templates": encoded, "key": key}))


def read_templates(engine: Adapter, path: Path, key: str) -> dict[str, Any] | None:
    """What `keep_templates` wrote under the same key, else None."""
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if document["key"] != key:
        return None
    encoded = document["templates"]
    document["templates"] = [None if item is None else engine.restore(base64.b64decode(item)) for item in encoded]
    return document


def write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def describe(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200] if lines else ''}"


class Progress:
    """Prints lines that the parent turns into its progress line, at most one in `PROGRESS_S`."""

    def __init__(self, stage: str, total: int) -> None:
        self._stage, self._total, self._done, self._last = stage, total, 0, 0.0

    def step(self) -> None:
        """Count one more as done."""
        self._done += 1
        if self._done == self._total or time.monotonic() - self._last >= PROGRESS_S:
            self._last = time.monotonic()
            print(f"@progress {self._stage} {self._done} {self._total}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
