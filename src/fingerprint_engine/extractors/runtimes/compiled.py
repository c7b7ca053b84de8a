"""The network computed by compiled kernels of this package: the same bits on all machines whose sums are fused."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ModelError
from fingerprint_engine.extractors.runtimes.kernels.convolutions import (
    convolve,
    point_weights,
    tap_weights,
    weigh,
    work_numbers,
)
from fingerprint_engine.extractors.runtimes.kernels.tiles import (
    TILE,
    Grid,
    add_quads,
    clear_gaps,
    every_one,
    every_second,
    grid_of,
    held_places,
    quad_numbers,
    quads_of_tiles,
    tile_numbers,
    tile_planes,
    tile_quads,
    untile_planes,
)
from fingerprint_engine.extractors.runtimes.onnx_file import read_graph
from fingerprint_engine.extractors.runtimes.port import Planes
from fingerprint_engine.extractors.runtimes.ridge_graph import HALVING, Layer, Layers, layers_of

Numbers = NDArray[np.float32]
LARGE_CELLS = 256 * 256
"""Of a picture of 1024 px per side: what larger ones took is given back."""


class _Packed(NamedTuple):
    """A layer as kernels take it."""

    inputs: int
    outputs: int
    weights: Numbers
    bias: Numbers


class _Level(NamedTuple):
    """Where planes of one resolution lie, and room for their tiles: layers read one and write the other."""

    grid: Grid
    held: Numbers
    rooms: tuple[Numbers, Numbers]

    def other(self, tiles: Numbers) -> Numbers:
        """The room that some tiles are not in."""
        return self.rooms[tiles is self.rooms[0]]


class Compiled:
    """See `ComputedNetwork`; it works in the caller's thread, with room that it uses again.

    Parameters
    ----------
    data, name
        Content and name of an ONNX file.

    Raises
    ------
    ModelError
        When the file cannot be read, or holds another graph than `ridge_graph` says.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            self._layers = _packed_layers(data)
        except ModelError as error:
            raise ModelError(f"{name}: the runtime 'compiled' cannot read it: {error}") from error
        most = max(work_numbers(max(layer.inputs, layer.outputs)) for layer in self._layers.values())
        self._points, self._sums = np.empty(most, np.float32), np.empty(most, np.float32)
        self._rooms: dict[str, Numbers] = {}

    def __call__(self, cells: Planes) -> tuple[Planes, Planes]:
        """See `ComputedNetwork`."""
        self._check(cells)
        try:
            return self._passed(cells)
        except MemoryError as error:
            self._rooms.clear()
            raise ModelError(
                f"{self._name}: the runtime 'compiled' cannot compute it: not enough memory for shape {cells.shape}"
            ) from error
        finally:
            if cells.shape[2] * cells.shape[3] > LARGE_CELLS:
                self._rooms.clear()

    def _passed(self, cells: Planes) -> tuple[Planes, Planes]:
        rows, cols = cells.shape[2:]
        levels = enumerate(("enter", "first_at_eighth", "first_at_sixteenth"))
        fine, middle, coarse = (self._level(name, rows >> halved, cols >> halved) for halved, name in levels)
        quarter = self._at_quarter(cells[0], fine)
        eighth = self._added("at_eighth", self._halved("first_at_eighth", quarter, fine, middle), middle)
        sixteenth = self._halved("first_at_sixteenth", eighth, middle, coarse)
        sixteenth = self._added("at_sixteenth_again", self._added("at_sixteenth", sixteenth, coarse), coarse)
        self._join("to_eighth", sixteenth, coarse, eighth, middle)
        eighth = self._added("eighth_once_more", self._added("eighth_again", eighth, middle), middle)
        self._join("to_quarter", eighth, middle, quarter, fine)
        quarter = self._added("quarter_once_more", self._added("quarter_again", quarter, fine), fine)
        return self._planes("pixels", quarter, fine), self._planes("blocks", eighth, middle)

    def _check(self, cells: Planes) -> None:
        expected = (1, self._layers["enter"].inputs)
        is_right = cells.ndim == 4 and cells.shape[:2] == expected and cells.dtype == np.float32
        if not is_right or 0 in cells.shape or any(side % TILE for side in cells.shape[2:]):
            raise ModelError(
                f"{self._name}: the runtime 'compiled' cannot compute it: expected float32 of shape {expected} and two "
                f"multiples of {TILE}, got {cells.dtype} of shape {cells.shape}"
            )

    def _level(self, first: str, rows: int, cols: int) -> _Level:
        """The level that begins with a layer."""
        layer, grid = self._layers[first], grid_of(rows, cols)
        numbers = tile_numbers(max(layer.inputs, layer.outputs), grid)
        return _Level(grid, held_places(grid), (self._room(first, numbers), self._room(f"beside {first}", numbers)))

    def _at_quarter(self, cells: Planes, level: _Level) -> Numbers:
        entering, tiles = level.rooms
        tile_planes(np.ascontiguousarray(cells), level.grid, entering)
        self._convolve(self._layers["enter"], entering, level, tiles, is_added=False)
        return self._added("at_quarter", tiles, level)

    def _added(self, name: str, tiles: Numbers, level: _Level) -> Numbers:
        """What a layer of 3 x 3 makes of tiles, added to them."""
        out = level.other(tiles)
        self._convolve(self._layers[name], tiles, level, out, is_added=True)
        return out

    def _convolve(self, layer: _Packed, tiles: Numbers, level: _Level, out: Numbers, *, is_added: bool) -> None:
        clear_gaps(out, layer.outputs, level.grid)
        work = self._points, self._sums
        convolve(tiles, level.grid, layer.inputs, layer.weights, layer.bias, is_added, level.held, *work, out)

    def _halved(self, name: str, tiles: Numbers, fine: _Level, coarse: _Level) -> Numbers:
        """The tiles of the level of half the resolution."""
        layer = self._layers[name]
        quads = self._room("quads", quad_numbers(layer.outputs, fine.grid))
        weigh(tiles, fine.grid, layer.inputs, every_second(fine.grid), layer.weights, layer.bias, True, quads)
        tile_quads(quads, fine.grid, layer.outputs, coarse.rooms[0], coarse.grid)
        return coarse.rooms[0]

    def _join(self, name: str, coarse_tiles: Numbers, coarse: _Level, tiles: Numbers, fine: _Level) -> None:
        """Add a level to the one of twice its resolution."""
        outputs = self._layers[name].outputs
        quads = self._room("quads", quad_numbers(outputs, fine.grid))
        quads[: quad_numbers(outputs, fine.grid)] = 0.0  # what a layer left in empty places may be no number
        quads_of_tiles(self._weighed(name, coarse_tiles, coarse), coarse.grid, outputs, quads, fine.grid)
        add_quads(quads, outputs, fine.grid, fine.held, tiles)

    def _planes(self, name: str, tiles: Numbers, level: _Level) -> Planes:
        planes = np.empty((1, self._layers[name].outputs, level.grid.rows, level.grid.cols), np.float32)
        untile_planes(self._weighed(name, tiles, level), level.grid, planes[0])
        return planes

    def _weighed(self, name: str, tiles: Numbers, level: _Level) -> Numbers:
        """What a layer of 1 x 1 makes of tiles."""
        layer, grid = self._layers[name], level.grid
        out = self._room("weighed", tile_numbers(layer.outputs, grid))
        weigh(tiles, grid, layer.inputs, every_one(grid), layer.weights, layer.bias, False, out)
        return out

    def _room(self, name: str, numbers: int) -> Numbers:
        """An array of at least so many numbers, the same from print to print."""
        room = self._rooms.get(name)
        if room is None or len(room) < numbers:
            room = self._rooms[name] = np.zeros(numbers, np.float32)
        return room


@functools.lru_cache(maxsize=2)
def _packed_layers(data: bytes) -> Mapping[str, _Packed]:
    """The layers of a file, once for all threads."""
    layers = layers_of(read_graph(data))
    return MappingProxyType({name: _packed(name, layer) for name, layer in zip(Layers._fields, layers, strict=True)})


def _packed(name: str, layer: Layer) -> _Packed:
    outputs, inputs, side, _ = layer.weights.shape
    laid_out = tap_weights if side == 1 or name in HALVING else point_weights
    return _Packed(inputs, outputs, laid_out(layer.weights), layer.bias)
