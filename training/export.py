"""Write the trained network as the ONNX file that the package ships, and check that its runtimes compute the same.

Run ``python -m training.export --run one``.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from fingerprint_engine.extractors.network import CELL_PX, cells_of, identity_of
from fingerprint_engine.extractors.runtimes import ComputedNetwork
from fingerprint_engine.extractors.runtimes.compiled import Compiled
from fingerprint_engine.extractors.runtimes.opencv import InOpenCV
from training.lean_network import IMAGE_PLANES, LeanNetwork, lean_of
from training.train import RUNS

OPSET = 13
TRACED_SIZE = (256, 256)
TOLERANCE = 1e-4
MODEL = Path(__file__).resolve().parent.parent / "src/fingerprint_engine/extractors/ridge_network.onnx"
NAMED_IN = MODEL.with_name("learned.py")


class OfCells(nn.Module):
    """A network as its file computes it: what `cells_of` made in, planes of cells and of blocks out."""

    def __init__(self, network: LeanNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        return self.network.of_cells(cells)


def export(network: LeanNetwork, path: Path) -> None:
    """Write `network`; rows and columns of the input are free."""
    rows, cols = (side // CELL_PX for side in TRACED_SIZE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is the old one, and says so
        torch.onnx.export(
            OfCells(network).eval(),
            (torch.zeros(1, IMAGE_PLANES * CELL_PX**2, rows, cols),),
            str(path),
            opset_version=OPSET,
            input_names=["cells"],
            output_names=["pixels", "blocks"],
            dynamic_axes={
                "cells": {2: "cell_rows", 3: "cell_cols"},
                "pixels": {2: "cell_rows", 3: "cell_cols"},
                "blocks": {2: "block_rows", 3: "block_cols"},
            },
            dynamo=False,
        )


@torch.no_grad()
def difference(network: LeanNetwork, computed: ComputedNetwork, shape: tuple[int, int]) -> float:
    """Largest difference between the outputs of PyTorch and of a runtime for noise of a shape."""
    image = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    answers = computed(cells_of(image))
    truth = network.eval().of_cells(torch.from_numpy(cells_of(image)))
    return max(float(np.abs(a - t.numpy()).max()) for a, t in zip(answers, truth, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True)
    parser.add_argument("--output", type=Path, default=MODEL)
    options = parser.parse_args()
    checkpoint = RUNS / options.run / "checkpoint.pt"
    network = lean_of(checkpoint)
    export(network, options.output)
    data = options.output.read_bytes()
    for runtime in (Compiled, InOpenCV):
        computed = runtime(data, options.output.name)
        for shape in ((256, 256), (400, 384), (64, 96)):
            found = difference(network, computed, shape)
            print(f"{shape[0]} x {shape[1]}: PyTorch and {runtime.__name__} differ by at most {found:.1e}")
            if found > TOLERANCE:
                raise SystemExit(f"expected at most {TOLERANCE:g}")
    sha256 = hashlib.sha256(data).hexdigest()
    steps = torch.load(checkpoint, weights_only=True)["step"]
    print(f"{options.output}: {len(data):,} bytes after {steps} steps, SHA-256\n{sha256}")
    if options.output.resolve() == MODEL:
        named = NAMED_IN.read_text(encoding="utf-8")
        named = re.sub(r'(?m)^MODEL_SHA256 = "\w*"', f'MODEL_SHA256 = "{sha256}"', named)
        named = re.sub(r"(?m)^MODEL_IDENTITY = \w*", f"MODEL_IDENTITY = 0x{identity_of(sha256):012X}", named)
        NAMED_IN.write_text(named, encoding="utf-8")
        print(f"{NAMED_IN.name} names it now; bring ridge_network.md up to date by hand")


if __name__ == "__main__":
    main()
