"""A network file is read without a library: what it says is checked step by step, and nothing else is computed."""

import random
from pathlib import Path

import numpy as np
import pytest

import fingerprint_engine as fe
from fingerprint_engine.extractors import learned
from fingerprint_engine.extractors.runtimes.compiled import Compiled
from fingerprint_engine.extractors.runtimes.onnx_file import read_graph
from fingerprint_engine.extractors.runtimes.ridge_graph import layers_of

SHIPPED = Path(learned.__file__).with_name(learned.MODEL_FILE).read_bytes()


def test_the_shipped_file_holds_the_layers_that_its_card_names():
    layers = layers_of(read_graph(SHIPPED))
    assert [layer.weights.shape for layer in layers[:3]] == [(32, 32, 3, 3), (32, 32, 3, 3), (48, 32, 3, 3)]
    assert layers.to_quarter.weights.shape == (32, 48, 1, 1)
    assert layers.blocks.weights.shape == (5, 48, 1, 1)
    assert all(layer.weights.dtype == layer.bias.dtype == np.float32 for layer in layers)
    assert 300_000 < sum(layer.weights.size for layer in layers) < 340_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"\x04Relu", b"\x04Tanh", "step 2: expected 'Relu of step 1', found 'Tanh of step 1'"),
        (b"\x07strides@\x02@\x02", b"\x07strides@\x01@\x01", r"step 6: expected 'Conv .*strides \(2, 2\)'"),
        (b"\x04pads@\x01", b"\x04pads@\x00", r"step 1: expected 'Conv .*pads \(1, 1, 1, 1\)"),
        (b"dilations@\x01", b"dilations@\x02", r"step 1: expected 'Conv .*dilations \(1, 1\)"),
        (np.float32([1, 1, 2, 2]).tobytes(), np.float32([1, 1, 2, 3]).tobytes(), "step 20: expected 'Constant"),
        (b"asymmetric", b"halfpixels", "step 21: expected 'Resize .*asymmetric"),
        (b"\x05floor", b"\x05ceils", "step 21: expected 'Resize .*nearest_mode floor"),
        (b"\x06pixels", b"\x06images", "expected the last two steps to make pixels and blocks"),
        (b"\x05cells", b"\x05image", "step 1: expected 'Conv of cells, .*'image', which nothing makes"),
        (b"\x08 \x10\x01B", b"\x08 \x10\x0bB", "expected float32"),
    ],
)
def test_another_graph_is_refused_and_the_step_is_named(old, new, said):
    assert old in SHIPPED
    with pytest.raises(fe.ModelError, match=said):
        layers_of(read_graph(SHIPPED.replace(old, new, 1)))


@pytest.mark.parametrize("shape", [(32, 16, 6, 3), (16, 32, 3, 6), (32, 32, 9), (), (0, 32, 3, 3)])
def test_weights_of_another_shape_are_refused(shape):
    graph = read_graph(SHIPPED)
    graph.weights["network.at_quarter.convolution.weight"] = np.zeros(shape, np.float32)
    with pytest.raises(fe.ModelError, match=r"at_quarter: expected weights of shape \(32, 32, 3, 3\) and 32"):
        layers_of(graph)


def test_steps_that_are_missing_or_too_many_are_refused():
    graph = read_graph(SHIPPED)
    for steps in (graph.steps[:-1], (*graph.steps, graph.steps[1])):
        with pytest.raises(fe.ModelError, match=r"expected 40 steps, found (39|41)"):
            layers_of(graph._replace(steps=steps))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.1, 0.5, 0.999, 0.9999])
def test_what_is_cut_off_is_a_model_error(share):
    with pytest.raises(fe.ModelError, match="no ONNX file, or cut off"):
        read_graph(SHIPPED[: int(share * len(SHIPPED))])


def test_whatever_is_altered_nothing_but_a_model_error_is_raised():
    rng, refused = random.Random(1), 0
    for _ in range(300):
        altered = bytearray(SHIPPED)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(9000)
            altered[place : place + rng.randint(0, 4)] = rng.randbytes(rng.randint(1, 4))
        try:
            Compiled(bytes(altered), "x.onnx")
        except fe.ModelError:
            refused += 1
    assert refused > 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"network.at_quarter.convolution.weight", b"network.at_quarter\x1b[Jnvolution.weight"),
        (b"network.enter.convolution.bias", b"network.enter.convolution.bia\n"),
        (b"network.quarter_again.0.convolution.bias", b"network.quarter_again.1.convolution.bias"),
    ],
)
def test_a_name_that_is_none_or_stands_twice_is_refused_and_shown_as_text(old, new):
    assert len(old) == len(new)
    place = SHIPPED.rindex(old)
    with pytest.raises(fe.ModelError, match="expected a name that stands once") as caught:
        read_graph(SHIPPED[:place] + new + SHIPPED[place + len(old) :])
    assert str(caught.value).isprintable()


def test_threads_share_the_layers_and_memory_that_is_not_there_is_a_model_error(monkeypatch):
    one, other = Compiled(SHIPPED, "x.onnx"), Compiled(SHIPPED, "x.onnx")
    assert one._layers is other._layers

    def full(self, cells):
        self._rooms["enter"] = np.zeros(8, np.float32)
        raise MemoryError

    monkeypatch.setattr(Compiled, "_passed", full)
    with pytest.raises(fe.ModelError, match=r"x\.onnx: the runtime 'compiled' cannot compute it: not enough memory"):
        one(np.zeros((1, 32, 8, 8), np.float32))
    assert not one._rooms


def test_a_picture_that_overflows_leaves_nothing_behind():
    computed, fresh = Compiled(SHIPPED, "x.onnx"), Compiled(SHIPPED, "x.onnx")
    cells = np.random.default_rng(3).standard_normal((1, 32, 24, 20)).astype(np.float32)
    computed(np.full((1, 32, 40, 48), 1e37, np.float32))
    for found, expected in zip(computed(cells), fresh(cells), strict=True):
        assert np.array_equal(found, expected)
