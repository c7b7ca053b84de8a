"""What each step of an extraction takes, and what the network takes in each runtime that is there."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

import fingerprint_engine.extractors
from fingerprint_engine.errors import FailureToExtract, MissingExtra
from fingerprint_engine.extractors import LearnedExtractor, Reading
from fingerprint_engine.extractors.heat import heat_features
from fingerprint_engine.extractors.learned import MODEL_FILE
from fingerprint_engine.extractors.network import FIELD_PX, cells_of
from fingerprint_engine.extractors.network_input import busy_window, network_input
from fingerprint_engine.extractors.network_maps import read_maps
from fingerprint_engine.extractors.runtimes.compiled import Compiled
from fingerprint_engine.extractors.runtimes.opencv import InOpenCV
from fingerprint_engine.extractors.runtimes.port import INPUT, OUTPUTS, ComputedNetwork, Planes
from fingerprint_engine.minutiae import extract_minutiae
from fingerprint_engine.minutiae.extraction import best_minutiae, find_candidates
from fingerprint_engine.minutiae.quality import minutia_quality
from fingerprint_engine.pipeline import PipelineParameters, extract, template_of
from fingerprint_engine.preprocessing import (
    FingerprintImage,
    compute_ridge_maps,
    cut_to_print,
    resample,
    ridge_spacing,
)
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize


class _Laps:
    """Milliseconds of processor time since the lap before, by name."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}
        self._at = time.process_time_ns()

    def end(self, name: str) -> None:
        now = time.process_time_ns()
        self.took[name] = (now - self._at) / 1e6
        self._at = now


def steps_of(image: FingerprintImage, parameters: PipelineParameters) -> tuple[dict[str, float], Planes | None]:
    """Milliseconds of each step of `extract`, and what the network saw.

    The recipe of `pipeline.make_template` with a clock; that it still is the recipe is seen by its result.
    """
    laps, seen = _Laps(), None
    extractor = parameters.reading.extractor()
    cut = cut_to_print(image, parameters.place)
    laps.end("place of the print")
    spacing_px = ridge_spacing(cut.image.pixels, image.ppi, cut.spots, parameters.spacing)
    laps.end("ridge spacing")
    if isinstance(extractor, LearnedExtractor):
        numbers = extractor.parameters
        pixels = resample(cut.image)
        planes = network_input(normalize(pixels, NormalizationParameters()))
        window = busy_window(planes, FIELD_PX)
        laps.end("normalization")
        answer = extractor.ask(planes, window)
        laps.end("network")
        seen = cells_of(planes, window)
        maps = read_maps(answer, pixels, numbers.maps)
        laps.end("ridge maps")
        candidates, features = find_candidates(maps, numbers.detection, numbers.filtering)
        features = np.hstack([features, heat_features(candidates, answer)])
        minutiae = best_minutiae(candidates, minutia_quality(features, numbers.quality), numbers.max_minutiae)
    else:
        maps = compute_ridge_maps(cut.image, parameters.reading.ridge_maps)
        laps.end("ridge maps")
        minutiae = extract_minutiae(maps, parameters.reading.minutiae)
    laps.end("minutiae")
    template = template_of(
        Reading(maps, minutiae),
        source_ppi=image.ppi,
        extractor=extractor.name,
        spacing_px=spacing_px,
        parameters=parameters,
    )
    laps.end("template")
    if cut.shape is None and template != extract(image, parameters=parameters):
        raise SystemExit("benchmarks.speed.steps is not the recipe of pipeline.make_template any more")
    return laps.took, seen


def time_steps(
    images: list[FingerprintImage], parameters: PipelineParameters
) -> tuple[dict[str, list[float]], list[Planes]]:
    """`steps_of` of each image that shows a print."""
    steps: dict[str, list[float]] = defaultdict(list)
    seen: list[Planes] = []
    for image in images:
        try:
            took, cells = steps_of(image, parameters)
        except FailureToExtract:
            continue
        for name, milliseconds in took.items():
            steps[name].append(milliseconds)
        if cells is not None:
            seen.append(cells)
    return steps, seen


def time_runtimes(seen: list[Planes]) -> dict[str, list[float]]:
    """Milliseconds of the network in each runtime, in turn on every print: a busy machine slows all of them alike."""
    times: dict[str, list[float]] = defaultdict(list)
    runtimes = _runtimes(Path(fingerprint_engine.extractors.__file__).with_name(MODEL_FILE))
    for cells in seen:
        for name, run in runtimes.items():
            start = time.process_time_ns()
            run(cells)
            times[name].append((time.process_time_ns() - start) / 1e6)
    return times


def _runtimes(path: Path) -> dict[str, ComputedNetwork]:
    data = path.read_bytes()
    found: dict[str, ComputedNetwork] = {
        "our own kernels": Compiled(data, path.name),
        "OpenCV": InOpenCV(data, path.name),
    }
    if hasattr(cv2.dnn, "ENGINE_NEW"):
        found["OpenCV's newer engine"] = _in_newer_engine(path)
    try:
        from fingerprint_engine.extractors.runtimes.onnx_runtime import InOnnxRuntime

        found["ONNX Runtime"] = InOnnxRuntime(data, path.name)
    except MissingExtra as missing:
        print(missing)
    return found


def _in_newer_engine(path: Path) -> ComputedNetwork:
    net = cv2.dnn.readNetFromONNX(str(path), engine=cv2.dnn.ENGINE_NEW)

    def run(cells: Planes) -> tuple[Planes, Planes]:
        net.setInput(cells, INPUT)
        pixels, blocks = net.forward(OUTPUTS)
        return pixels, blocks

    return run
