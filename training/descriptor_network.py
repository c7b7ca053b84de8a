"""Encoders of minutiae: a patch in, the numbers whose signs are the descriptor's bits out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.descriptor_patches import FLOW_SIDE, RIDGE_SIDE, Patches

BITS = (64, 128)
"""Every encoder is trained with a head for each of these lengths."""
ENCODERS = ("linear", "flow", "ridges", "both")


class Encoder(nn.Module):
    """One of `ENCODERS`.

    linear: a matrix product of the ridges. flow: two layers over orientation and period. ridges: four convolutions,
    0.5 million products per minutia, 30 million per print of 64. both: the last two side by side.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind not in ENCODERS:
            raise ValueError(f"kind: expected one of {ENCODERS}, got {kind!r}")
        trunks: list[nn.Module] = []
        width = 0
        if kind == "linear":
            trunks.append(nn.Flatten())
            width += RIDGE_SIDE**2
        if kind in ("ridges", "both"):
            trunks.append(
                nn.Sequential(
                    *_convolution(1, 8, size=5, stride=2),
                    *_convolution(8, 16, stride=2),
                    *_convolution(16, 24),
                    *_convolution(24, 32, stride=2),
                    nn.Flatten(),
                )
            )
            width += 32 * (RIDGE_SIDE // 8) ** 2
        if kind in ("flow", "both"):
            trunks.append(
                nn.Sequential(nn.Flatten(), nn.Linear(3 * FLOW_SIDE**2, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU())
            )
            width += 256
        self.kind, self.trunks = kind, nn.ModuleList(trunks)
        # Normalized without weights: every number is as often above 0 as below, as the signs should be.
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(width, bits), nn.BatchNorm1d(bits, affine=False)) for bits in BITS
        )

    def forward(self, ridges: Tensor, flow: Tensor) -> list[Tensor]:
        inputs = {"linear": (ridges,), "ridges": (ridges,), "flow": (flow,), "both": (ridges, flow)}[self.kind]
        seen = torch.cat([trunk(planes) for trunk, planes in zip(self.trunks, inputs, strict=True)], dim=1)
        return [head(seen) for head in self.heads]

    @torch.no_grad()
    def describe(self, patches: Patches) -> list[NDArray[np.float32]]:
        """Numbers of many minutiae, float32, shape (n, 64) and (n, 128)."""
        self.eval()
        parts = [
            self(torch.from_numpy(patches.ridges[k : k + 512]), torch.from_numpy(patches.flow[k : k + 512]))
            for k in range(0, len(patches), 512)
        ]
        return [np.concatenate([part[at].numpy() for part in parts]) for at in range(len(BITS))] if parts else []


def _convolution(inputs: int, outputs: int, *, size: int = 3, stride: int = 1) -> tuple[nn.Module, ...]:
    return (nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


def contrast_loss(first: Tensor, second: Tensor, temperature: Tensor) -> Tensor:
    """InfoNCE over a batch, both ways: of all second sides the one that belongs to the first must be the most alike.

    Numbers are bent towards ±1 before, so that the signs alone say nearly as much.
    """
    a, b = (nn.functional.normalize(torch.tanh(2.0 * side), dim=1) for side in (first, second))
    logits = a @ b.T / temperature
    target = torch.arange(len(a))
    return 0.5 * (nn.functional.cross_entropy(logits, target) + nn.functional.cross_entropy(logits.T, target))
