"""The graph that compiled kernels compute: a U-Net over cells at three levels; and whether a file holds it.

See `training.lean_network`, which writes such files.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ModelError
from fingerprint_engine.extractors.runtimes.onnx_file import Graph, Step
from fingerprint_engine.extractors.runtimes.port import INPUT, OUTPUTS
from fingerprint_engine.text.shown import printable


class Layer(NamedTuple):
    """Weights, shape (outputs, inputs, side, side), and bias of a convolution."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


class Layers(NamedTuple):
    """The convolutions in the order of a file.

    Those of 3 x 3 cut off what is below 0; all of them but the first and those with a stride of 2, which are the first
    of their level, are added to what they take.
    """

    enter: Layer
    at_quarter: Layer
    first_at_eighth: Layer
    at_eighth: Layer
    first_at_sixteenth: Layer
    at_sixteenth: Layer
    at_sixteenth_again: Layer
    to_eighth: Layer
    eighth_again: Layer
    eighth_once_more: Layer
    to_quarter: Layer
    quarter_again: Layer
    quarter_once_more: Layer
    pixels: Layer
    blocks: Layer


HALVING = "first_at_eighth", "first_at_sixteenth"
"""Layers with a stride of 2."""


class _Writer:
    """Steps as a file writes them; values have the number of the step that made them for a name."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, operator: str, *taken: str, settings: str = "") -> str:
        self.steps.append(f"{operator} of {', '.join(taken)}{settings}")
        return f"step {len(self.steps)}"

    def convolution(self, taken: str, side: int, stride: int = 1) -> str:
        settings = (
            f"; dilations (1, 1); group 1; kernel_shape ({side}, {side}); pads {(side // 2,) * 4}; "
            f"strides ({stride}, {stride})"
        )
        return self.step("Conv", taken, "weights", "weights", settings=settings)

    def changed(self, taken: str, stride: int = 1) -> str:
        return self.step("Relu", self.convolution(taken, 3, stride))

    def added(self, taken: str) -> str:
        return self.step("Add", taken, self.changed(taken))

    def joined(self, fine: str, coarse: str) -> str:
        """What a level goes on with: itself and the level below, each of whose values stands for four."""
        narrow = self.convolution(coarse, 1)
        scales = self.step("Constant", settings="; value (1.0, 1.0, 2.0, 2.0)")
        settings = "; coordinate_transformation_mode asymmetric; mode nearest; nearest_mode floor"
        return self.step("Add", fine, self.step("Resize", narrow, "nothing", scales, settings=settings))


def _expected() -> list[str]:
    writer = _Writer()
    quarter = writer.added(writer.changed(INPUT))
    eighth = writer.added(writer.changed(quarter, 2))
    sixteenth = writer.added(writer.added(writer.changed(eighth, 2)))
    deep = writer.added(writer.added(writer.joined(eighth, sixteenth)))
    fine = writer.added(writer.added(writer.joined(quarter, deep)))
    writer.convolution(fine, 1)
    writer.convolution(deep, 1)
    return writer.steps


def layers_of(graph: Graph) -> Layers:
    """The convolutions of a file.

    Raises
    ------
    ModelError
        When its steps are others than these, or shapes do not go together.
    """
    names = {INPUT: INPUT, "": "nothing"} | dict.fromkeys(graph.weights, "weights")
    written = []
    for number, step in enumerate(graph.steps, start=1):
        written.append(_as_written(step, names))
        names |= dict.fromkeys(step.outputs, f"step {number}")
    expected = _expected()
    for number, (wanted, found) in enumerate(zip(expected, written, strict=False), start=1):
        if wanted != found:
            raise ModelError(f"step {number}: expected {wanted!r}, found {printable(found[:200])!r}")
    if len(written) != len(expected):
        raise ModelError(f"expected {len(expected)} steps, found {len(written)}")
    ends = tuple(names.get(output, "nothing") for output in OUTPUTS)
    if ends != (f"step {len(expected) - 1}", f"step {len(expected)}"):
        raise ModelError(f"expected the last two steps to make {' and '.join(OUTPUTS)}, found {' and '.join(ends)}")
    arrays = [[graph.weights[name] for name in step.inputs[1:]] for step in graph.steps if step.operator == "Conv"]
    layers = Layers(*(Layer(weights, bias) for weights, bias in arrays))
    _check(layers)
    return layers


def _as_written(step: Step, names: dict[str, str]) -> str:
    taken = ", ".join(names.get(name, f"{name!r}, which nothing makes") for name in step.inputs)
    settings = "".join(f"; {name} {value}" for name, value in sorted(step.settings.items()))
    return f"{step.operator} of {taken}{settings}"


def _check(layers: Layers) -> None:
    """Refuse shapes that do not go together."""
    first = layers.enter.weights.shape[1:2]
    quarter, eighth, sixteenth = (
        layer.bias.size for layer in (layers.enter, layers.first_at_eighth, layers.first_at_sixteenth)
    )
    expected = (
        (quarter, *first, 3, 3), (quarter, quarter, 3, 3),
        (eighth, quarter, 3, 3), (eighth, eighth, 3, 3),
        (sixteenth, eighth, 3, 3), (sixteenth, sixteenth, 3, 3), (sixteenth, sixteenth, 3, 3),
        (eighth, sixteenth, 1, 1), (eighth, eighth, 3, 3), (eighth, eighth, 3, 3),
        (quarter, eighth, 1, 1), (quarter, quarter, 3, 3), (quarter, quarter, 3, 3),
        (layers.pixels.bias.size, quarter, 1, 1), (layers.blocks.bias.size, eighth, 1, 1),
    )  # fmt: skip
    for name, layer, shape in zip(layers._fields, layers, expected, strict=True):
        if layer.weights.shape != shape or layer.bias.shape != shape[:1] or 0 in shape:
            raise ModelError(
                f"{name}: expected weights of shape {shape} and {shape[0]} biases, "
                f"found {layer.weights.shape} and {layer.bias.shape}"
            )
