"""What the standard's minutiae record costs: error rates of templates that went through ISO/IEC 19794-2:2005 and back.

Each template is written as a record and made anew of it, in three ways: standard fields only at 500 ppi, standard
fields at 1000 ppi, and with the optional block that carries the whole template. Then all pairs are compared.

    python -m benchmarks.exchange.round_trip
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.accuracy.error_rates import compare_pairs
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_1
from benchmarks.templates import templates_of
from fingerprint_engine.evaluation import all_pairs, report, score_table
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.template import Template

LIMIT_POINTS = 0.3


def through(template: Template, *, ppi: float, native: bool, version: str) -> Template:
    """A template written as a record and read back."""
    if len(template) == 0:
        return template
    data = minutiae_records.dumps([template], version, ppi=ppi, native=native)
    record = minutiae_records.loads(data, strict=True)
    return minutiae_records.templates(record, parameters_digest=template.parameters_digest).value[0]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange.round_trip", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", help="comma-separated names; the FVC sets by default")
    parser.add_argument("--version", default="iso-19794-2:2005")
    parser.add_argument("--fingers", type=AT_LEAST_1, help="only the first fingers of each set")
    parser.add_argument("--workers", type=AT_LEAST_1, default=2)
    options = parser.parse_args(arguments)
    sets = find_sets(options.data, options.sets.split(",") if options.sets else list(FVC_SETS))
    ways = {
        "as extracted": None,
        "standard fields": {"ppi": 500.0, "native": False},
        "standard, 1000 ppi": {"ppi": 1000.0, "native": False},
        "with our block": {"ppi": 500.0, "native": True},
    }
    lines = [f"code {source_digest()}, {machine_name()}", f"EER in %, all pairs, through {options.version}", ""]
    lines.append(f"{'set':<16}" + "".join(f"{name:>20}" for name in ways))
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for data_set in sets:
        made = templates_of(data_set, options.workers, options.fingers)
        pairs = all_pairs(made.samples)
        for name, how in ways.items():
            templates = (
                made.templates
                if how is None
                else [through(template, version=options.version, **how) for template in made.templates]  # type: ignore[arg-type]
            )
            scores = compare_pairs(templates, pairs)
            table = score_table(made.samples, pairs, scores, made.has_failed)
            rates[name].append(100.0 * report(data_set.name, table).rates.eer)
        lines.append(f"{data_set.name:<16}" + "".join(f"{rates[name][-1]:20.2f}" for name in ways))
        print(lines[-1], flush=True)
    means = {name: float(np.mean(values)) for name, values in rates.items()}
    lines.append(f"{'mean':<16}" + "".join(f"{means[name]:20.2f}" for name in ways))
    for name in list(ways)[1:]:
        change = means[name] - means["as extracted"]
        verdict = "within" if change <= LIMIT_POINTS else "MORE THAN"
        lines.append(f"{name}: mean EER {change:+.2f} points, {verdict} the {LIMIT_POINTS} allowed")
    text = "\n".join(lines) + "\n"
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "exchange_roundtrip.txt").write_text(text)
    print("\n" + text)


if __name__ == "__main__":
    main()
