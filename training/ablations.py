"""What each task and each fault of the prints is worth: short runs, each without one, judged on `uareu`.

Run ``python -m training.ablations --steps 600``. Short runs are worse than the shipped network: compare them with
each other. A map that was not learned is not read: then the classical extractor reads the ridges that the network
draws. One network is read twice where only the reading differs.
"""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

from benchmarks.accuracy.faults import with_network
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.options import AT_LEAST_1

from fingerprint_engine.pipeline import pipeline_parameters
from training.drawn_ridges import DrawnRidges
from training.judge import judge, read_images
from training.losses import TASKS
from training.train import RUNS

MAPS = "mask,orientation,period,readability"
POINTS = "heat,direction,kind"


@dataclasses.dataclass(frozen=True)
class Variant:
    """A network trained without something, and how it is read."""

    name: str
    faults: str = ""
    tasks: str = ""
    drawn: bool = False

    @property
    def run(self) -> str:
        """Name of the training run; variants that only differ in the reading share one."""
        return "lean-ablation-" + (f"{self.faults} {self.tasks}".strip().replace(",", "-").replace(" ", "-") or "all")


VARIANTS = (
    Variant("all"),
    Variant("all, classical reading", drawn=True),
    Variant("no point tasks", tasks=POINTS),
    Variant("no point tasks, classical reading", tasks=POINTS, drawn=True),
    Variant("no map tasks, classical reading", tasks=MAPS, drawn=True),
    Variant("ridges alone, classical reading", tasks=f"{POINTS},{MAPS}", drawn=True),
    Variant("no spoiled contact", faults="contact"),
    Variant("one look", faults="looks"),
    Variant("no ghosts", faults="ghost"),
    Variant("no writing, dust, frames", faults="writing,dust,frame"),
    Variant("no cuts", faults="cut"),
    Variant("no compression", faults="compression"),
)


def trained(variant: Variant, steps: int) -> Path:
    """The network of a variant, trained now unless it was before."""
    network = RUNS / variant.run / f"network-{steps}.onnx"
    if not network.is_file():
        without = ("--without", variant.faults, "--without-task", variant.tasks)
        for command in (
            ("train", "--run", variant.run, "--steps", str(steps), *without),
            ("export", "--run", variant.run, "--output", str(network)),
        ):
            subprocess.run([sys.executable, "-m", f"training.{command[0]}", *command[1:]], check=True, stdout=2)
    return network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=AT_LEAST_1, default=600)
    parser.add_argument("--only", default="", help="only variants whose name contains this")
    parser.add_argument("--impressions", type=AT_LEAST_1, default=4, help="impressions of each finger to judge by")
    options = parser.parse_args()
    if unknown := {name for v in VARIANTS for name in v.tasks.split(",") if name} - set(TASKS):
        raise SystemExit(f"unknown tasks: {', '.join(sorted(unknown))}")
    images = [read_images(DEFAULT_DATA, options.impressions, worse) for worse in (False, True)]
    for variant in VARIANTS:
        if options.only not in variant.name:
            continue
        extractor, parameters = with_network(trained(variant, options.steps))
        for title, chosen in zip(("uareu", "degraded"), images, strict=True):
            if variant.drawn:
                verdict = judge(DrawnRidges(extractor.network), pipeline_parameters("classical"), chosen)
            else:
                verdict = judge(extractor, parameters, chosen)
            print(f"{variant.name:34s} {title:9s} {verdict}", flush=True)


if __name__ == "__main__":
    main()
