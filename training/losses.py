"""What the network is told about its answers: one loss a task, and their sum."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor
from torch.nn import functional

TASKS = {
    "ridges": 4.0,
    "heat": 12.0,
    "direction": 0.5,
    "kind": 0.1,
    "mask": 0.5,
    "orientation": 1.0,
    "period": 1.0,
    "readability": 0.5,
}
"""Weights of the tasks in the sum."""


@dataclasses.dataclass(frozen=True)
class Truth:
    """The planes of `training.samples.Sample`, with the batch as first axis."""

    ridges: Tensor
    points: Tensor
    near: Tensor
    blocks: Tensor


def task_losses(pixels: Tensor, blocks: Tensor, truth: Truth) -> dict[str, Tensor]:
    """Loss of each task; `pixels` and `blocks` are the network's outputs."""
    drawn = functional.pixel_shuffle(pixels[:, :4], 2)
    target, inside = truth.ridges[:, :1], truth.ridges[:, 1:]
    heat = truth.points[:, :1]
    foreground, touched = truth.blocks[:, :1], functional.avg_pool2d(inside, 8)
    difference = functional.binary_cross_entropy_with_logits(pixels[:, 4:5], heat, reduction="none")
    entropy = -(torch.xlogy(heat, heat) + torch.xlogy(1.0 - heat, 1.0 - heat))  # what no answer can undercut
    kind = functional.binary_cross_entropy_with_logits(pixels[:, 7:8], truth.points[:, 3:4], reduction="none")
    orientation = (blocks[:, 1:3] - truth.blocks[:, 1:3]).square().sum(1, keepdim=True)
    period = functional.smooth_l1_loss(blocks[:, 3:4], truth.blocks[:, 3:4], beta=0.05, reduction="none")
    agreement = readability(drawn.detach(), target)
    return {
        "ridges": _mean((drawn - target).square(), inside),
        "heat": ((difference - entropy) * (1.0 + 4.0 * heat)).mean(),
        "direction": _mean((pixels[:, 5:7] - truth.points[:, 1:3]).square().sum(1, keepdim=True), truth.near),
        "kind": _mean(kind, truth.near),
        "mask": functional.binary_cross_entropy_with_logits(blocks[:, :1], foreground),
        "orientation": _mean(orientation, foreground),
        "period": _mean(period, foreground),
        "readability": _mean((torch.sigmoid(blocks[:, 4:5]) - agreement).square(), touched),
    }


@dataclasses.dataclass(frozen=True)
class Taught:
    """What a teacher answers to an image, and where it is right; the batch is the first axis."""

    pixels: Tensor
    blocks: Tensor
    where: Tensor


def taught_losses(pixels: Tensor, blocks: Tensor, taught: Taught) -> dict[str, Tensor]:
    """How far the answers are the teacher's, task by task; readability is of one's own ridges and cannot be taught."""
    cross_entropy = functional.binary_cross_entropy_with_logits
    points, areas = functional.avg_pool2d(taught.where, 2), functional.avg_pool2d(taught.where, 8)
    drawn, heat = functional.pixel_shuffle(pixels[:, :4], 2), torch.sigmoid(taught.pixels[:, 4:5])
    foreground = torch.sigmoid(taught.blocks[:, :1])
    entropy = cross_entropy(taught.pixels[:, 4:5], heat, reduction="none")  # what no answer can undercut
    difference = cross_entropy(pixels[:, 4:5], heat, reduction="none") - entropy
    direction = (pixels[:, 5:7] - taught.pixels[:, 5:7]).square().sum(1, keepdim=True)
    least = cross_entropy(taught.blocks[:, :1], foreground, reduction="none")
    mask = cross_entropy(blocks[:, :1], foreground, reduction="none") - least
    orientation = (blocks[:, 1:3] - taught.blocks[:, 1:3]).square().sum(1, keepdim=True)
    period = functional.smooth_l1_loss(blocks[:, 3:4], taught.blocks[:, 3:4], beta=0.05, reduction="none")
    return {
        "ridges": _mean((drawn - functional.pixel_shuffle(taught.pixels[:, :4], 2)).square(), taught.where),
        "heat": _mean(difference * (1.0 + 4.0 * heat), points),
        "direction": _mean(direction, points * heat),
        "mask": _mean(mask, areas),
        "orientation": _mean(orientation, areas * foreground),
        "period": _mean(period, areas * foreground),
    }


def readability(drawn: Tensor, target: Tensor) -> Tensor:
    """How far the drawn ridges are the true ones around each block, 0 to 1: their correlation over 24 x 24 px."""

    def around(values: Tensor) -> Tensor:
        blocks = functional.avg_pool2d(values, 8)
        return functional.avg_pool2d(blocks, 3, stride=1, padding=1, count_include_pad=False)

    scale = torch.sqrt(around(drawn * drawn) * around(target * target) + 1e-6)
    return torch.clamp(around(drawn * target) / scale, 0.0, 1.0)


def total_loss(losses: dict[str, Tensor], tasks: tuple[str, ...] = tuple(TASKS)) -> Tensor:
    """Weighted sum of the losses of some tasks."""
    return torch.stack([TASKS[name] * losses[name] for name in tasks]).sum()


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / (weight.sum() + 1.0)
