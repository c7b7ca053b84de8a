"""Learn descriptors of minutiae from synthetic correspondences, then judge them on real prints.

    python -m training.descriptors              # pairs, training, judgement
    python -m training.descriptors --only train --encoders ridges

What came of it: "Learned descriptors of minutiae" in docs/decisions/learned-extractor.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from benchmarks.options import AT_LEAST_1
from numpy.typing import NDArray

from training.descriptor_network import BITS, ENCODERS, Encoder, contrast_loss
from training.descriptor_pairs import FINGERS, SEED, Pairs, load, make_pairs, stacked
from training.samples import HELD_OUT
from training.train import RUNS, learning_rate

FOLDER = RUNS / "descriptors"
IN_BATCH, OF_EACH = 32, 8
"""A batch: so many fingers, so many minutiae of each. The others of a finger are the hard ones to tell apart."""
STEPS = 3000


def batches(finger: NDArray[np.int32], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Rows of one batch after another."""
    rows = [np.flatnonzero(finger == number) for number in np.unique(finger)]
    while True:
        chosen = rng.permutation(len(rows))[:IN_BATCH]
        yield np.concatenate([rng.permutation(rows[k])[:OF_EACH] for k in chosen])


def train(kind: str, pairs: Pairs, steps: int) -> Encoder:
    """Train one encoder; the same pairs and steps give the same one."""
    torch.manual_seed(SEED)
    encoder = Encoder(kind)
    warmth = torch.nn.Parameter(torch.full((len(BITS),), float(np.log(0.1))))
    optimizer = torch.optim.AdamW([*encoder.parameters(), warmth], lr=1e-3, weight_decay=1e-3)
    sides = [[torch.from_numpy(side.ridges), torch.from_numpy(side.flow)] for side in (pairs.first, pairs.second)]
    source, start, mean = batches(pairs.finger, np.random.default_rng(SEED)), time.process_time(), 0.0
    encoder.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, 2e-3)
        rows = torch.from_numpy(next(source))
        # Both sides in one pass, so that both are normalized alike.
        answers = encoder(*(torch.cat([sides[0][k][rows], sides[1][k][rows]]) for k in range(2)))
        loss = torch.stack(
            [
                contrast_loss(*answer.chunk(2), temperature=warmth[at].exp().clamp(0.03, 1.0))
                for at, answer in enumerate(answers)
            ]
        ).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        mean += (loss.item() - mean) / (min(step, 100) + 1)
        if (step + 1) % 500 == 0:
            print(f"{kind}: step {step + 1} loss {mean:.3f} {time.process_time() - start:.0f} s", flush=True)
    return encoder.eval()


def held_out_hits(encoder: Encoder, pairs: Pairs) -> list[float]:
    """Share of minutiae of unseen fingers whose mate has the most like bits among all of them, for each length."""
    hits = []
    for a, b in zip(encoder.describe(pairs.first), encoder.describe(pairs.second), strict=True):
        alike = np.where(a > 0, 1.0, -1.0) @ np.where(b > 0, 1.0, -1.0).T
        hits.append(float((alike.argmax(axis=1) == np.arange(len(alike))).mean()))
    return hits


def restore_encoder(kind: str, folder: Path = FOLDER) -> Encoder:
    """An encoder that was trained before."""
    encoder = Encoder(kind)
    encoder.load_state_dict(torch.load(folder / f"{kind}.pt", weights_only=True))
    return encoder.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoders", nargs="*", default=list(ENCODERS), choices=ENCODERS)
    parser.add_argument("--steps", type=AT_LEAST_1, default=STEPS)
    parser.add_argument(
        "--fingers", type=AT_LEAST_1, default=FINGERS, help="fingers to make pairs of, held-out ones included"
    )
    parser.add_argument("--impressions", type=AT_LEAST_1, default=8, help="real prints of each finger that judge")
    parser.add_argument("--only", choices=("pairs", "train", "judge"), help="one of the three parts")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if options.only in (None, "pairs", "train"):
        files = make_pairs(FOLDER / "pairs", last=options.fingers)
    if options.only in (None, "train"):
        pairs = stacked([load(file) for file in files])
        unseen = pairs.finger % HELD_OUT == 0
        seen, rest = (Pairs(pairs.first[rows], pairs.second[rows], pairs.finger[rows]) for rows in (~unseen, unseen))
        print(f"{len(seen)} pairs of minutiae to learn from, {len(rest)} of other fingers")
        for kind in options.encoders:
            encoder = train(kind, seen, options.steps)
            torch.save(encoder.state_dict(), FOLDER / f"{kind}.pt")
            hits = ", ".join(
                f"{bits} bits {hit:.3f}" for bits, hit in zip(BITS, held_out_hits(encoder, rest), strict=True)
            )
            print(f"{kind}: mate found among {len(rest)} minutiae of unseen fingers: {hits}", flush=True)
    if options.only in (None, "judge"):
        from training.judge_descriptors import judge

        judge({kind: restore_encoder(kind) for kind in options.encoders}, impressions=options.impressions)


if __name__ == "__main__":
    main()
