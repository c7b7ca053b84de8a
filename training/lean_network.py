"""The network that is shipped: the U-Net of `network.py` without its layers at half resolution.

Those layers were half of its time for a third of its sums. Here the first convolution takes cells of 4 x 4 pixels, and
the last one answers for all pixels of such a cell at once.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from fingerprint_engine.extractors.network import CELL_PX
from training.network import BLOCK_PLANES, PIXEL_PLANES, RidgeNetwork, Widths, averaged, weights_in

IMAGE_PLANES = 2
HALVES = CELL_PX // 2
"""Pixel planes have a value for each 2 x 2 pixels, so that a cell has so many per side."""


NEW = "enter.", "quarter_again.1.", "pixel_head."
"""Layers that no teacher has."""
IN_FILES = "network."
"""How the names of weights begin in files."""


class Added(nn.Module):
    """3 x 3 convolution and ReLU, added to what goes in."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(planes, planes, 3, padding=1)

    def forward(self, planes: Tensor) -> Tensor:
        return planes + torch.relu(self.convolution(planes))


class Changed(nn.Module):
    """3 x 3 convolution and ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride, 1)

    def forward(self, planes: Tensor) -> Tensor:
        return torch.relu(self.convolution(planes))


class LeanNetwork(nn.Module):
    """Image planes of `network_input` in, pixel planes at 1/2 and block planes at 1/8 of the resolution out.

    Parameters
    ----------
    widths
        Channels at 1/4, 1/8 and 1/16 of the resolution; `half` is not used.

    Rows and columns of the input are multiples of 16.
    """

    def __init__(self, widths: Widths | None = None) -> None:
        super().__init__()
        w = widths or Widths()
        self.enter = Changed(IMAGE_PLANES * CELL_PX**2, w.quarter)
        self.at_quarter = Added(w.quarter)
        self.at_eighth = nn.Sequential(Changed(w.quarter, w.eighth, 2), Added(w.eighth))
        self.at_sixteenth = nn.Sequential(Changed(w.eighth, w.sixteenth, 2), Added(w.sixteenth), Added(w.sixteenth))
        self.to_eighth = nn.Conv2d(w.sixteenth, w.eighth, 1)
        self.eighth_again = nn.Sequential(Added(w.eighth), Added(w.eighth))
        self.to_quarter = nn.Conv2d(w.eighth, w.quarter, 1)
        self.quarter_again = nn.Sequential(Added(w.quarter), Added(w.quarter))
        self.block_head = nn.Conv2d(w.eighth, BLOCK_PLANES, 1)
        self.pixel_head = nn.Conv2d(w.quarter, PIXEL_PLANES * HALVES**2, 1)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        pixels, blocks = self.of_cells(functional.pixel_unshuffle(image, CELL_PX))
        return functional.pixel_shuffle(pixels, HALVES), blocks

    def of_cells(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """What a file computes: each cell's planes in, its pixels' planes and the block planes out."""
        quarter = self.at_quarter(self.enter(cells))
        eighth = self.at_eighth(quarter)
        deep = self.eighth_again(eighth + self.up(self.to_eighth(self.at_sixteenth(eighth))))
        fine = self.quarter_again(quarter + self.up(self.to_quarter(deep)))
        return self.pixel_head(fine), self.block_head(deep)


def begun_from(teacher: RidgeNetwork) -> LeanNetwork:
    """A lean network whose layers are a teacher's, but for those that are new."""
    network = LeanNetwork()
    own = network.state_dict()
    kept = {name.replace("at_quarter.1.", "at_quarter."): values for name, values in teacher.state_dict().items()}
    kept |= {name.replace("quarter_again.", "quarter_again.0."): values for name, values in kept.items()}
    taken = {name: kept[name] for name in own if not name.startswith(NEW)}
    network.load_state_dict(own | taken)
    return network


def lean_of(path: Path) -> LeanNetwork:
    """The lean network of a checkpoint, or of its file (`.onnx`)."""
    network = LeanNetwork()
    weights = averaged(path) if path.suffix != ".onnx" else weights_in(path)
    network.load_state_dict({name.removeprefix(IN_FILES): values for name, values in weights.items()})
    return network
