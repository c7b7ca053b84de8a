"""NFIQ 2 by the package nbis-python: ``python nfiq2.py`` reads paths of PNG files at 500 ppi, one a line, from stdin.

Each is answered with a line: the path, a tabulator and the score, 0 to 100, or nothing where it gives none. The first
line names the package. Nothing else of this project is imported: the interpreter may be another one.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import nbis


def main() -> None:
    settings = nbis.NbisExtractorSettings(
        min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
    )
    extractor = nbis.new_nbis_extractor(settings)
    print(f"nbis-python {metadata.version('nbis-python')}", flush=True)
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            score = str(extractor.extract_minutiae(Path(path).read_bytes()).quality().score)
        except nbis.NbisError as error:
            print(f"{path}: {error}", file=sys.stderr)
            score = ""
        print(f"{path}\t{score}", flush=True)


if __name__ == "__main__":
    main()
