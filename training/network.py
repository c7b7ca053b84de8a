"""The teacher: a U-Net at half resolution, which was shipped before the lean network that learned from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

PIXEL_PLANES = 8
"""Four of the enhanced ridges (2 x 2 pixels each), minutia heat, direction (2), kind."""
BLOCK_PLANES = 5
"""Mask, cosine and sine of twice the orientation, logarithm of the period, readability."""

CELL_PX = 2
"""Pixels per side of the cells that files of this network take."""
ENTER = "enter.convolution.weight"
"""Of the first convolution, which files apply to cells."""


@dataclasses.dataclass(frozen=True)
class Widths:
    """Channels at 1/2, 1/4, 1/8 and 1/16 of the resolution."""

    half: int = 16
    quarter: int = 32
    eighth: int = 48
    sixteenth: int = 96


class Convolution(nn.Module):
    """3 x 3 convolution, batch normalization, ReLU; the input is added where the shapes allow."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, size: int = 3, inputs_added: bool = True) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
        self.normalization = nn.BatchNorm2d(outputs)
        self.adds = inputs_added and stride == 1 and inputs == outputs

    def forward(self, planes: Tensor) -> Tensor:
        out = torch.relu(self.normalization(self.convolution(planes)))
        return planes + out if self.adds else out


class RidgeNetwork(nn.Module):
    """Image planes of `network_input` in, pixel planes at 1/2 and block planes at 1/8 of the resolution out.

    Rows and columns of the input are multiples of 16.
    """

    def __init__(self, widths: Widths | None = None) -> None:
        super().__init__()
        w = widths or Widths()
        self.enter = Convolution(2, w.half, stride=2, size=5)
        self.at_half = Convolution(w.half, w.half)
        self.at_quarter = nn.Sequential(Convolution(w.half, w.quarter, stride=2), Convolution(w.quarter, w.quarter))
        self.at_eighth = nn.Sequential(Convolution(w.quarter, w.eighth, stride=2), Convolution(w.eighth, w.eighth))
        self.at_sixteenth = nn.Sequential(
            Convolution(w.eighth, w.sixteenth, stride=2),
            Convolution(w.sixteenth, w.sixteenth),
            Convolution(w.sixteenth, w.sixteenth),
        )
        self.to_eighth = nn.Conv2d(w.sixteenth, w.eighth, 1)
        self.eighth_again = nn.Sequential(Convolution(w.eighth, w.eighth), Convolution(w.eighth, w.eighth))
        self.to_quarter = nn.Conv2d(w.eighth, w.quarter, 1)
        self.quarter_again = Convolution(w.quarter, w.quarter)
        self.to_half = nn.Conv2d(w.quarter, w.half, 1)
        self.half_again = Convolution(w.half, w.half)
        self.block_head = nn.Conv2d(w.eighth, BLOCK_PLANES, 1)
        self.pixel_head = nn.Conv2d(w.half, PIXEL_PLANES, 3, padding=1)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        half = self.at_half(self.enter(image))
        quarter = self.at_quarter(half)
        eighth = self.at_eighth(quarter)
        deep = self.eighth_again(eighth + self.up(self.to_eighth(self.at_sixteenth(eighth))))
        middle = self.quarter_again(quarter + self.up(self.to_quarter(deep)))
        fine = self.half_again(half + self.up(self.to_half(middle)))
        return self.pixel_head(fine), self.block_head(deep)


def fold_normalization(network: RidgeNetwork) -> RidgeNetwork:
    """The same network with each batch normalization folded into its convolution, for inference."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Convolution) and isinstance(module.normalization, nn.BatchNorm2d):
            norm, conv = module.normalization, module.convolution
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)
            folded.weight.data = conv.weight.data * scale.data[:, None, None, None]
            folded.bias.data = (norm.bias - norm.running_mean * scale).data
            module.convolution, module.normalization = folded, nn.Identity()
    return network


def taps_of_cells(weight: Tensor) -> Tensor:
    """The 5 x 5 taps of a file's first convolution, which is one of 3 x 3 cells."""
    outputs, planes, _, _ = weight.shape
    taps = weight.reshape(outputs, planes // CELL_PX**2, CELL_PX, CELL_PX, 3, 3).permute(0, 1, 4, 2, 5, 3)
    return taps.reshape(outputs, planes // CELL_PX**2, 3 * CELL_PX, 3 * CELL_PX)[..., :5, :5].contiguous()


def network_of(state: dict[str, Tensor]) -> RidgeNetwork:
    """The network that weights belong to: one that learns its normalization, or one in which it is folded already."""
    network = RidgeNetwork()
    if not any("normalization" in name for name in state):
        fold_normalization(network)
    network.load_state_dict(state)
    return network


def teacher_of(path: Path) -> RidgeNetwork:
    """A teacher, its normalization folded: the running mean of a checkpoint, or a file of it (`.onnx`)."""
    if path.suffix != ".onnx":
        return fold_normalization(network_of(averaged(path)))
    weights = weights_in(path)
    return network_of(weights | {ENTER: taps_of_cells(weights[ENTER])})


def averaged(checkpoint: Path) -> dict[str, Tensor]:
    """The running mean of the weights of a run."""
    return dict(torch.load(checkpoint, weights_only=True)["average"])


def weights_in(path: Path) -> dict[str, Tensor]:
    """What an ONNX file holds, by name."""
    kept = onnx.load(str(path)).graph.initializer
    return {values.name: torch.from_numpy(numpy_helper.to_array(values).copy()) for values in kept}
