"""The one door to ONNX Runtime (extra `onnxruntime`), which computes the network in two thirds of OpenCV's time."""

from __future__ import annotations

import os

from fingerprint_engine.errors import MissingExtra, ModelError
from fingerprint_engine.extractors.runtimes.port import INPUT, OUTPUTS, Planes

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""Releases from 1.29 on tell their maker that they run, unless this is set before they begin."""
try:
    import onnxruntime
except ImportError as error:
    raise MissingExtra("the runtime 'onnxruntime' needs ONNX Runtime", "onnxruntime") from error


LARGE_CELLS = 512 * 512
"""Of a picture of 1024 px per side: most of the memory that larger ones took goes back to the system."""


class InOnnxRuntime:
    """See `ComputedNetwork`; it works in the caller's thread and begins none."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # plans are kept for each shape, and windows have many
        self._giving_back = onnxruntime.RunOptions()
        self._giving_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        options.log_severity_level = 4  # errors are raised; what it prints beside them would end up in our output
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no other class in common
            raise ModelError(f"{name}: ONNX Runtime {onnxruntime.__version__} cannot read it: {error}") from error

    def __call__(self, cells: Planes) -> tuple[Planes, Planes]:
        """See `ComputedNetwork`."""
        try:
            is_large = cells.shape[2] * cells.shape[3] > LARGE_CELLS
            pixels, blocks = self._session.run(OUTPUTS, {INPUT: cells}, self._giving_back if is_large else None)
        except Exception as error:
            raise ModelError(
                f"{self._name}: ONNX Runtime {onnxruntime.__version__} cannot compute it: {error}"
            ) from error
        return pixels, blocks
