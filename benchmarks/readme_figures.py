"""Write the figures of the README from the results of the benchmarks, so that none is copied by hand.

python -m benchmarks.accuracy && python -m benchmarks.speed && python -m benchmarks.peers
python -m benchmarks.readme_figures
"""

from __future__ import annotations

import json
import re
from typing import Any

from benchmarks.code_version import RESULTS
from benchmarks.data_sets import FVC_SETS, ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- figures: written by benchmarks/readme_figures.py -->", "<!-- end of figures -->"
RATES = ("eer", "fnmr_at_fmr_1_percent", "fnmr_at_fmr_01_percent", "zero_fmr")


def accuracy(document: dict[str, Any]) -> list[str]:
    """The table of error rates."""
    lines = [
        "All mated and all non-mated pairs, %, 95 % bootstrap intervals over fingers "
        "(`python -m benchmarks.accuracy`):",
        "",
        "| set | EER | FNMR at FMR 1 % | FNMR at FMR 0.1 % | ZeroFMR | failures to extract |",
        "|---|---|---|---|---|---|",
    ]
    for item in document["sets"]:
        cells = []
        for rate in RATES:
            span = item["intervals"][rate]
            cells.append(f"{100 * item['rates'][rate]:.2f} [{100 * span['low']:.1f}, {100 * span['high']:.1f}]")
        lines.append(f"| {item['name']} | {' | '.join(cells)} | {item['failures']} of {item['samples']} |")
    fvc = [item["rates"] for item in document["sets"] if item["name"] in FVC_SETS]
    means = " | ".join(f"{100 * sum(rates[rate] for rates in fvc) / len(fvc):.2f}" for rate in RATES)
    return [*lines, f"| mean of the {len(fvc)} FVC sets | {means} | |"]


def speed(document: dict[str, Any]) -> list[str]:
    """The table of times and sizes."""
    lines = [
        f"Processor time of one core on {document['set']}, kernels compiled, {document['machine']}",
        "(`python -m benchmarks.speed`):",
        "",
        "| figure | median | p95 |",
        "|---|---|---|",
    ]
    for name, values in document["figures"].items():
        median = values.get("median", values.get("max"))
        high = f"{values['p95']:,.4g}" if "p95" in values else ""
        lines.append(f"| {name} | {median:,.4g} | {high} |")
    return lines


def peers(text: str) -> list[str]:
    """The table beside other engines, as the peers benchmark wrote it, less the columns that few need."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    kept = []
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        kept.append("| " + " | ".join(cell if not re.fullmatch("-+:?", cell) else "---" for cell in cells[:-1]) + " |")
    return [
        "Beside engines that install from the package index, same images, same pairs, their defaults",
        "(`python -m benchmarks.peers`; how to read it: [docs/benchmarks.md](docs/benchmarks.md)). EER / FNMR at FMR",
        "0.1 %, %:",
        "",
        *kept,
    ]


def main() -> None:
    parts = [
        accuracy(json.loads((RESULTS / "accuracy.json").read_text())),
        speed(json.loads((RESULTS / "speed.json").read_text())),
        peers((RESULTS / "peers.md").read_text()),
    ]
    block = "\n\n".join("\n".join(part) for part in parts)
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{README} has no place for figures between '{BEGIN}' and '{END}'")
    README.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{block}\n\n{END}", text), encoding="utf-8")
    print(f"wrote the figures of {README}")


if __name__ == "__main__":
    main()
