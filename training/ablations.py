"""What each task and each fault of the prints is worth: short runs, each without one, judged on `uareu`.

Run ``python -m training.ablations --steps 800``. Short runs are worse than the shipped network: compare them with
each other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.data_sets import DEFAULT_DATA

from training.judge import judge, learned, read_images
from training.train import RUNS

VARIANTS = {
    "all": (),
    "no spoiled contact": ("--without", "contact"),
    "one look": ("--without", "looks"),
    "no clutter": ("--without", "ghost,writing,dust,frame"),
    "no cuts": ("--without", "cut"),
    "no heat task": ("--without-task", "heat,direction,kind"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--only", default="", help="only variants whose name contains this")
    options = parser.parse_args()
    images = [read_images(DEFAULT_DATA, 4, worse) for worse in (False, True)]
    for name, arguments in VARIANTS.items():
        if options.only not in name:
            continue
        run = f"ablation-{name.replace(' ', '-')}"
        network = RUNS / run / "network.onnx"
        for command in (
            ("training.train", "--run", run, "--steps", str(options.steps), *arguments),
            ("training.export", "--run", run, "--output", str(network)),
        ):
            subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)
        for title, chosen in zip(("uareu", "degraded"), images, strict=True):
            print(f"{name:20s} {title:9s} {judge(*learned(network), chosen)}", flush=True)


if __name__ == "__main__":
    main()
