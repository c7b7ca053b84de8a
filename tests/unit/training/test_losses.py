"""Losses of the network: what it is told where the finger touches and no ridge can be seen."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training/requirements.txt is not installed")

from training.losses import Taught, Truth, task_losses, taught_losses  # noqa: E402

SIDE = 64


def truth_of_a_patch():
    """Ridges everywhere, but none in the right half, which is touched and no foreground."""
    wave = np.sin(np.arange(SIDE, dtype=np.float32) * 0.7)[None] * np.ones((SIDE, 1), np.float32)
    left = np.arange(SIDE) < SIDE // 2
    ridges = np.stack([np.where(left, wave, 0.0), np.ones_like(wave)]).astype(np.float32)
    blocks = np.zeros((4, SIDE // 8, SIDE // 8), np.float32)
    blocks[0, :, : SIDE // 16] = 1.0
    points, near = np.zeros((4, SIDE // 2, SIDE // 2), np.float32), np.zeros((1, SIDE // 2, SIDE // 2), np.float32)
    return wave, Truth(*(torch.from_numpy(part)[None] for part in (ridges, points, near, blocks)))


def losses(drawn, readable, truth):
    """Losses of ridges that are drawn and of a readability that is stated, block column by block column."""
    pixels, blocks = torch.zeros(1, 8, SIDE // 2, SIDE // 2), torch.zeros(1, 5, SIDE // 8, SIDE // 8)
    pixels[:, :4] = torch.nn.functional.pixel_unshuffle(torch.from_numpy(drawn.astype(np.float32))[None, None], 2)
    blocks[:, 4] = torch.from_numpy(np.where(readable, 8.0, -8.0).astype(np.float32))
    return {name: value.item() for name, value in task_losses(pixels, blocks, truth).items()}


def test_ridges_drawn_where_none_can_be_seen_cost_and_so_does_calling_them_readable():
    wave, truth = truth_of_a_patch()
    left, left_blocks = np.arange(SIDE) < SIDE // 2, np.arange(SIDE // 8) < SIDE // 16
    honest = losses(np.where(left, wave, 0.0), left_blocks, truth)
    bold = losses(wave, left_blocks, truth)
    sure = losses(np.where(left, wave, 0.0), np.ones(SIDE // 8, bool), truth)
    assert honest["ridges"] < 1e-6 < bold["ridges"]
    assert sure["readability"] > honest["readability"] + 0.1


def test_who_answers_as_the_teacher_loses_nothing_and_what_it_is_not_asked_about_does_not_count():
    torch.manual_seed(0)
    pixels, blocks = torch.randn(1, 8, SIDE // 2, SIDE // 2), torch.randn(1, 5, SIDE // 8, SIDE // 8)
    where = torch.zeros(1, 1, SIDE, SIDE)
    where[..., : SIDE // 2] = 1.0
    taught = Taught(pixels, blocks, where)
    for name, value in taught_losses(pixels, blocks, taught).items():
        assert abs(value.item()) < 1e-6, name
    beyond_pixels, beyond_blocks = pixels.clone(), blocks.clone()
    beyond_pixels[..., SIDE // 4 :] += 1.0
    beyond_blocks[..., SIDE // 16 :] += 1.0
    for name, value in taught_losses(beyond_pixels, beyond_blocks, taught).items():
        assert abs(value.item()) < 1e-6, name
    for name, value in taught_losses(pixels + 1.0, blocks + 1.0, taught).items():
        assert value.item() > 0.01, name
