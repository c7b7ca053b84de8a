"""Files as an adversary writes them who has the source: the engine's own writer, with its checks taken away."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.attacks.templates.rules import broken_rule
from fingerprint_engine.index import enrolled_prints, enrolment
from fingerprint_engine.template import Template
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.format import NativeFacts
from fingerprint_engine.template.sketches import SKETCH_WORDS, sketch_templates

_FINGER, _IMPRESSION, _QUALITY, _MINUTIAE = 26, 27, 28, 30


@contextlib.contextmanager
def writing_unchecked() -> Iterator[None]:
    """Let `Gallery.enrol` take any bytes while this lasts."""
    with (
        mock.patch.object(enrolment, "native", _native),
        mock.patch.object(enrolled_prints, "native", _native),
        mock.patch.object(enrolment, "sketch_templates", _sketches),
        mock.patch.object(enrolled_prints, "check_making", autospec=True),
    ):
        yield


@contextlib.contextmanager
def installation(state: Path) -> Iterator[None]:
    """Be another installation, which knows no segment that it did not make; its private state is in this folder."""
    with mock.patch.dict(os.environ, {"FINGERPRINT_ENGINE_STATE": str(state)}):
        yield


def _native(template: object) -> tuple[bytes, NativeFacts]:
    data = template.to_bytes() if isinstance(template, Template) else template
    assert isinstance(data, bytes)
    octets = data.ljust(_MINUTIAE + 1, b"\0")
    facts = (octets[_FINGER], octets[_IMPRESSION], octets[_QUALITY], octets[_MINUTIAE])
    return data, NativeFacts(Making(octets[10:18], octets[18:26], 70.0, ""), *facts)


def _sketches(templates: Sequence[bytes]) -> NDArray[np.uint64]:
    """True ones of sound templates, so that nothing but the template itself is false."""
    sketches = np.zeros((len(templates), SKETCH_WORDS), np.uint64)
    for row, template in enumerate(templates):
        if not broken_rule(template):
            sketches[row] = sketch_templates([template])[0]
    return sketches
