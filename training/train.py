"""Train a network on synthetic prints that are made while it learns.

    python -m training.train --run teacher --as-teacher --steps 8000 --rate 2e-3
    python -m training.train --run lean --named-faults --teacher training/teacher.onnx --steps 20000

The first is a teacher; the lean network of the second begins with its deeper layers and learns from it.

Everything is seeded; a run that was interrupted goes on from its last checkpoint when the command is given again. One
process makes samples, one learns: two cores are used at most.
"""

from __future__ import annotations

import argparse
import collections
import copy
import csv
import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from benchmarks.options import AMOUNT, AT_LEAST_1, words
from torch import Tensor, nn

from fingerprint_engine.synthesis.impressions.hard_impression import FAULTS
from training.lean_network import LeanNetwork, begun_from, lean_of
from training.losses import TASKS, Taught, Truth, task_losses, taught_losses, total_loss
from training.network import RidgeNetwork, teacher_of
from training.samples import NAMED_FAULTS, Sample, SampleStream, mirrored, turned

RUNS = Path(__file__).resolve().parent / "runs"
SEED = 20261124
BATCH, FRESH = 8, 2
"""Samples per step, of which so many are new; the others are those of `DELAY`, 2 and 3 `DELAY` steps ago, mirrored,
turned, and both."""
DELAY = 48
CHECK_EVERY, CHECKED = 200, 96
FALLING = 0.7
"""Share of the steps after which the learning rate falls."""
TRUTH_SHARES = 1 / 3, 2 / 3
"""Weight of the truth beside a teacher, before and while the rate falls: what the teacher does not know comes last."""
TAUGHT = tuple(name for name in TASKS if name not in ("kind", "readability"))
AVERAGE = 0.998
"""Weight of the past in the running mean of the weights, which is what is shipped."""


PARTS = tuple(field.name for field in dataclasses.fields(Sample))


class Numbered(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
    """The samples of a stream from a number on."""

    def __init__(self, stream: SampleStream, first: int) -> None:
        self.stream, self.first = stream, first

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        number = self.first
        while True:
            sample = self.stream.sample(number)
            yield tuple(getattr(sample, name) for name in PARTS)
            number += 1


def batches(stream: SampleStream, step: int) -> Iterator[tuple[Tensor, ...]]:
    """Batches from a step on; the first ones after a start hold only new samples."""
    loader = torch.utils.data.DataLoader(
        Numbered(stream, step * FRESH), batch_size=None, num_workers=1, prefetch_factor=32
    )
    waiting: collections.deque[list[Sample]] = collections.deque()
    source = iter(loader)
    while True:
        fresh = [Sample(*(np.asarray(part) for part in next(source))) for _ in range(FRESH)]
        waiting.append(fresh)
        mixed = list(fresh)
        for seen, change in ((1, mirrored), (2, turned), (3, lambda sample: turned(mirrored(sample)))):
            if len(waiting) > seen * DELAY:
                mixed += [change(sample) for sample in waiting[-1 - seen * DELAY]]
        if len(waiting) > 3 * DELAY:
            waiting.popleft()
        yield stacked(mixed)


def stacked(samples: list[Sample]) -> tuple[Tensor, ...]:
    """Each part of some samples as one tensor."""
    return tuple(torch.from_numpy(np.stack([getattr(sample, name) for sample in samples])) for name in PARTS)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Up in the first 200 steps, level, and down to zero in the last 30 %; so a run can be made longer or shorter."""
    return peak * min(1.0, (step + 1) / 200.0, max(0.01, (steps - step) / ((1.0 - FALLING) * steps)))


@torch.no_grad()
def check(network: nn.Module, held_out: list[tuple[Tensor, ...]]) -> dict[str, float]:
    """Mean loss of each task on fingers that are not trained on."""
    network.eval()
    sums: dict[str, float] = collections.defaultdict(float)
    for batch in held_out:
        pixels, blocks = network(batch[0])
        for name, value in task_losses(pixels, blocks, Truth(*batch[1:-1])).items():
            sums[name] += value.item() / len(held_out)
    return dict(sums)


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    folder = RUNS / options.run
    folder.mkdir(parents=True, exist_ok=True)
    teacher = teacher_of(options.teacher).eval().to(memory_format=torch.channels_last) if options.teacher else None
    network = _first(options, teacher).to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    step = 0
    kept = folder / "checkpoint.pt"
    if kept.is_file():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step = int(state["step"])
    shown = FAULTS | (NAMED_FAULTS if options.named_faults else frozenset())
    faults = shown - set(options.without)
    tasks = tuple(name for name in TASKS if name not in options.without_task)
    source = batches(SampleStream(SEED, side=options.side, faults=faults), step)
    validation = SampleStream(SEED + 1, side=options.side, validation=True, faults=shown)
    held_out = _held_out(validation, CHECKED)
    start = time.time()
    while step < options.steps and (step % CHECK_EVERY or time.time() - start < 60.0 * options.minutes):
        batch = next(source)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, options.steps, options.rate)
        network.train()
        image = batch[0].contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pixels, blocks = network(image)
        pixels, blocks = pixels.float(), blocks.float()
        losses = task_losses(pixels, blocks, Truth(*batch[1:-1]))
        loss = total_loss(losses, tasks)
        if teacher is not None:
            share = TRUTH_SHARES[step >= FALLING * options.steps]
            taught = total_loss(_lesson(teacher, image, batch[-1], pixels, blocks), TAUGHT)
            loss = share * loss + (1.0 - share) * taught
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        step += 1
        _follow(average, network, min(AVERAGE, step / (step + 10.0)))
        if step % 100 == 0:
            told = " ".join(f"{name} {value.item():.4f}" for name, value in losses.items())
            print(f"step {step} {time.time() - start:.0f} s {told}", flush=True)
        if step % CHECK_EVERY == 0 or step == options.steps:
            _record(folder / "curve.csv", step, check(average, held_out))
            state = {"network": network.state_dict(), "average": average.state_dict(), "step": step}
            torch.save(state | {"optimizer": optimizer.state_dict()}, kept.with_suffix(".tmp"))
            kept.with_suffix(".tmp").replace(kept)


def _first(options: argparse.Namespace, teacher: RidgeNetwork | None) -> nn.Module:
    """What a run begins with."""
    if options.as_teacher:
        return teacher_of(options.start_from) if options.start_from else RidgeNetwork()
    if options.start_from:
        return lean_of(options.start_from)
    return LeanNetwork() if teacher is None else begun_from(teacher)


@torch.no_grad()
def _lesson(teacher: nn.Module, image: Tensor, where: Tensor, pixels: Tensor, blocks: Tensor) -> dict[str, Tensor]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answer, maps = teacher(image)
    with torch.enable_grad():
        return taught_losses(pixels, blocks, Taught(answer.float(), maps.float(), where))


def _follow(average: nn.Module, network: nn.Module, weight: float) -> None:
    with torch.no_grad():
        for mean, value in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.mul_(weight).add_(value, alpha=1.0 - weight)


def _held_out(stream: SampleStream, count: int) -> list[tuple[Tensor, ...]]:
    samples = [stream.sample(number) for number in range(count)]
    return [stacked(samples[k : k + BATCH]) for k in range(0, count, BATCH)]


def _record(path: Path, step: int, values: dict[str, float]) -> None:
    fresh = not path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(["step", *values])
        writer.writerow([step, *(f"{value:.5f}" for value in values.values())])
    print(f"held out after {step}:", *(f"{name} {value:.4f}" for name, value in values.items()), flush=True)


def parser_of_options() -> argparse.ArgumentParser:
    """What a run can be told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True, help="name of the run; its folder is training/runs/RUN")
    parser.add_argument("--steps", type=AT_LEAST_1, default=6500)
    parser.add_argument("--rate", type=AMOUNT, default=1e-3, help="highest learning rate")
    parser.add_argument("--side", type=AT_LEAST_1, default=256, help="pixels per side of a training image")
    parser.add_argument("--threads", type=AT_LEAST_1, default=1)
    parser.add_argument(
        "--minutes", type=AMOUNT, default=float("inf"), help="rest at the first checkpoint after so long"
    )
    parser.add_argument("--start-from", type=Path, help="checkpoint, or exported network, whose weights to start from")
    parser.add_argument("--as-teacher", action="store_true", help="train the network with layers at half resolution")
    parser.add_argument(
        "--teacher", type=Path, help="checkpoint, or file, of the one that the lean network learns from"
    )
    parser.add_argument("--named-faults", action="store_true", help="also show the faults that no default draws")
    parser.add_argument(
        "--without",
        type=words(sorted(FAULTS | NAMED_FAULTS)),
        default="",
        help="faults of the prints to leave out, comma-separated",
    )
    parser.add_argument(
        "--without-task", type=words(TASKS), default="", help=f"tasks not to train, of {', '.join(TASKS)}"
    )
    return parser


def main() -> None:
    train(parser_of_options().parse_args())


if __name__ == "__main__":
    main()
