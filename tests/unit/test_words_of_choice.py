"""Every word that chooses among a few is checked: the error names the argument, what is known and what was found."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.exchange.prints_made import made_template

import fingerprint_engine as fe
from fingerprint_engine.evaluation import plan_evaluation
from fingerprint_engine.exchange import ansi_nist, conversion, image_codecs, image_records, minutiae_records, read
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.exchange.minutiae_records import card
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.extractors import learned
from fingerprint_engine.extractors.network import RidgeNetwork
from fingerprint_engine.index import SearchParameters
from fingerprint_engine.parameters import one_of
from fingerprint_engine.records.messages import messages
from fingerprint_engine.tenprint.completeness import completeness
from fingerprint_engine.visualization.draw_overlay import draw_overlay

WHITE = np.full((96, 96), 255, np.uint8)
IMAGE = fe.image_from_array(WHITE, 500.0, polarity="dark-ridges")
PRINT = PrintImage(IMAGE)
TEMPLATE = made_template()
RECORD = minutiae_records.dumps([TEMPLATE])
NETWORK = Path(learned.__file__).with_name(learned.MODEL_FILE)
NOTHING: Any = types.SimpleNamespace()
CHOICES: dict[str, Callable[[Any], object]] = {
    "runtime": lambda word: RidgeNetwork(NETWORK, learned.MODEL_SHA256, runtime=word),
    "extractor": fe.pipeline_parameters,
    "polarity": lambda word: fe.image_from_array(WHITE, 500.0, polarity=word),
    "colour": lambda word: list(fe.extract_many([], colour=word)),
    "alpha": lambda word: fe.load_image(WHITE, ppi=500.0, alpha=word),
    "depth": lambda word: fe.image_from_array(WHITE, 500.0, depth=word),
    "SearchParameters.shortlist": lambda word: SearchParameters(shortlist=word),
    "version": lambda word: minutiae_records.dumps([TEMPLATE], version=word),
    "version ": lambda word: image_records.dumps([PRINT], version=word),
    "compression": lambda word: image_records.dumps([PRINT], compression=word),
    "compression ": lambda word: image_codecs.encode(IMAGE, word),
    "card format": lambda word: card.dumps((), word),
    "card format ": lambda word: card.loads(b"", word),
    "order": lambda word: card.dumps((), "normal", order=word),
    "target": lambda word: conversion.convert(read(RECORD), word),
    "encoding": lambda word: ansi_nist.dumps(NOTHING, word),
    "purpose": lambda word: completeness(NOTHING, word),
    "language": messages,
    "layer": lambda word: draw_overlay(
        NOTHING, TEMPLATE, TEMPLATE, probe_image=IMAGE, reference_image=IMAGE, layer=word
    ),
}


@pytest.mark.parametrize("odd", ["magic", "", "PNG", 5, 1.5, ["png"], ("png",), b"png"], ids=repr)
@pytest.mark.parametrize("name", CHOICES)
def test_a_word_that_is_none_of_them_is_named(name: str, odd: Any) -> None:
    with pytest.raises(fe.FingerprintEngineError) as caught:
        CHOICES[name](odd)
    said = str(caught.value)
    assert said.startswith(f"{name.strip()}: expected one of ")
    assert said.endswith(f", got {odd!r}")


@pytest.mark.parametrize("odd", [5, None, []], ids=repr)
def test_a_protocol_is_a_word_or_a_path(odd: Any, samples_folder: Path) -> None:
    with pytest.raises(fe.InputError, match="protocol: expected the name of a file or folder, got"):
        plan_evaluation(samples_folder, protocol=odd)


def test_a_word_becomes_what_it_stands_for() -> None:
    assert one_of("png", "compression", Compression) is Compression.PNG
    assert one_of(Compression.WSQ, "compression", Compression) is Compression.WSQ
    assert image_codecs.encode(IMAGE, "jpeg-2000") == image_codecs.encode(IMAGE, Compression.JPEG_2000)  # type: ignore[arg-type]
