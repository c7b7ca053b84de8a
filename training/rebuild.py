"""Rebuild the shipped network: fingers, training, export. Run ``python -m training.rebuild``."""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.options import AT_LEAST_1

STEPS = 8000
RUN = "rebuild"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=AT_LEAST_1, default=STEPS)
    parser.add_argument("--threads", type=AT_LEAST_1, default=1)
    options = parser.parse_args()
    for module, *arguments in (
        ("training.masters",),
        ("training.train", "--run", RUN, "--steps", str(options.steps), "--threads", str(options.threads)),
        ("training.export", "--run", RUN),
    ):
        print(f"-- {module} {' '.join(arguments)}", flush=True)
        subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
