"""Rebuild the shipped network: fingers, a teacher, the lean network, export. Run ``python -m training.rebuild``."""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.options import AT_LEAST_1

from training.train import RUNS

TEACHER_STEPS, STEPS = 8_000, 20_000
TEACHER, RUN = "rebuild-teacher", "rebuild"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher-steps", type=AT_LEAST_1, default=TEACHER_STEPS)
    parser.add_argument("--steps", type=AT_LEAST_1, default=STEPS)
    parser.add_argument("--threads", type=AT_LEAST_1, default=1)
    options = parser.parse_args()
    train = "training.train", "--threads", str(options.threads)
    taught = "--named-faults", "--teacher", str(RUNS / TEACHER / "checkpoint.pt")
    for module, *arguments in (
        ("training.masters",),
        (*train, "--run", TEACHER, "--as-teacher", "--rate", "2e-3", "--steps", str(options.teacher_steps)),
        (*train, "--run", RUN, *taught, "--steps", str(options.steps)),
        ("training.export", "--run", RUN),
    ):
        print(f"-- {module} {' '.join(arguments)}", flush=True)
        subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
