"""Runs of training: what ablations ask for can be told to a run, and the lean network begins as it is meant to."""

import pytest

torch = pytest.importorskip("torch", reason="training/requirements.txt is not installed")

from training.ablations import VARIANTS  # noqa: E402
from training.export import MODEL  # noqa: E402
from training.lean_network import NEW, LeanNetwork, begun_from, lean_of  # noqa: E402
from training.network import RidgeNetwork, fold_normalization  # noqa: E402
from training.train import TRUTH_SHARES, learning_rate, parser_of_options  # noqa: E402


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_what_an_ablation_leaves_out_can_be_left_out(variant):
    asked = ["--run", variant.run, "--without", variant.faults, "--without-task", variant.tasks]
    options = parser_of_options().parse_args(asked)
    assert ",".join(options.without) == variant.faults
    assert ",".join(options.without_task) == variant.tasks


def test_a_lean_network_begins_with_the_layers_of_its_teacher_but_for_those_that_are_new():
    torch.manual_seed(3)
    teacher = fold_normalization(RidgeNetwork())
    begun = begun_from(teacher)
    assert torch.equal(begun.at_quarter.convolution.weight, teacher.at_quarter[1].convolution.weight)
    assert torch.equal(begun.quarter_again[0].convolution.bias, teacher.quarter_again.convolution.bias)
    assert torch.equal(begun.at_sixteenth[2].convolution.weight, teacher.at_sixteenth[2].convolution.weight)
    assert torch.equal(begun.block_head.weight, teacher.block_head.weight)
    assert sum(name.startswith(NEW) for name in begun.state_dict()) == 6


def test_the_shipped_file_is_a_lean_network_that_answers_for_whole_images():
    network = lean_of(MODEL).eval()
    assert isinstance(network, LeanNetwork)
    with torch.no_grad():
        pixels, blocks = network(torch.zeros(1, 2, 64, 96))
    assert pixels.shape == (1, 8, 32, 48)
    assert blocks.shape == (1, 5, 8, 12)


def test_the_rate_is_level_and_falls_while_the_truth_counts_most():
    assert learning_rate(0, 1000, 1e-3) < 1e-4
    assert learning_rate(199, 1000, 1e-3) == pytest.approx(1e-3)
    assert learning_rate(700, 1000, 1e-3) == pytest.approx(1e-3)
    assert learning_rate(850, 1000, 1e-3) == pytest.approx(5e-4)
    assert TRUTH_SHARES[0] < 0.5 < TRUTH_SHARES[1]
