"""`HitEvidence`: what another side needs to compute a score again, bit for bit, and the document that carries it.

Whole evidence holds both templates. Where the law lets no template out, partial evidence holds the matched minutiae
alone: their geometry can be computed again, the score cannot.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import functools
import hashlib
import importlib
import inspect
import json
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InvalidEvidence
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching.comparison import Comparison
from fingerprint_engine.matching.matcher import compare
from fingerprint_engine.matching.model import ScoreModel, default_model
from fingerprint_engine.matching.parameters import MatchingParameters
from fingerprint_engine.template.template import Template
from fingerprint_engine.text.bounded_json import BoundedObject
from fingerprint_engine.version import __version__

KIND, VERSION = "fingerprint-engine hit evidence", 1
WHOLE, PARTIAL = "whole", "partial"
MAX_PAIRS, MAX_TEMPLATE, MAX_NUMBERS = 255, 65_536, 200
POINT = ("x", "y", "direction", "kind")
"""Columns of a matched minutia: pixels at 500 ppi, radians, `MinutiaKind`."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class HitEvidence:
    """One comparison, as it was.

    Attributes
    ----------
    kind
        `WHOLE` or `PARTIAL`.
    score
        As it was computed.
    pairs
        int64, shape (k, 2): matched minutiae by index in both templates.
    transform
        Carries the probe onto the reference; None when there was no alignment.
    numbers
        The evidence behind the score by name; empty where it is partial.
    probe, reference
        Bytes of both templates, hostile until read; empty where it is partial.
    points
        float64, shape (k, 2, 4): the matched minutiae of both prints, columns `POINT`; empty where it is whole.
    residuals
        float64, shape (k, 2): how far each pair lies apart after the alignment, in px and rad, to three decimals.
    engine, parameters, calibration
        `engine_name`, digests (hexadecimal) of the parameters of matching and of the calibration.
    """

    kind: str
    score: float
    pairs: NDArray[np.int64]
    transform: RigidTransform | None
    numbers: Mapping[str, float]
    probe: bytes
    reference: bytes
    points: NDArray[np.float64]
    residuals: NDArray[np.float64]
    engine: str
    parameters: str
    calibration: str

    def as_document(self) -> dict[str, Any]:
        """Plain data for JSON."""
        move = self.transform
        return {
            "format": KIND,
            "version": VERSION,
            "kind": self.kind,
            "score": self.score,
            "pairs": self.pairs.tolist(),
            "transform": None if move is None else [move.rotation_rad, move.shift_x_px, move.shift_y_px],
            "numbers": dict(self.numbers),
            "probe": base64.b64encode(self.probe).decode(),
            "reference": base64.b64encode(self.reference).decode(),
            "points": self.points.tolist(),
            "residuals": self.residuals.tolist(),
            "engine": self.engine,
            "parameters": self.parameters,
            "calibration": self.calibration,
        }


def evidence_of(probe: Template, reference: Template, *, partial: bool = False) -> HitEvidence:
    """Compare two templates and keep what is needed to do it again.

    Parameters
    ----------
    probe, reference
        The templates.
    partial
        Whether only the matched minutiae may leave.

    Raises
    ------
    IncompatibleTemplates
        When they do not compare.
    """
    found = compare(probe, reference)
    points = points_of(probe, reference, found) if partial else np.zeros((0, 2, 4))
    return HitEvidence(
        PARTIAL if partial else WHOLE,
        found.score,
        found.pairs.astype(np.int64),
        found.transform,
        {} if partial else {name: float(value) for name, value in found.evidence.items()},
        b"" if partial else probe.to_bytes(),
        b"" if partial else reference.to_bytes(),
        points,
        residuals_of(points, found.transform),
        engine_name(),
        MatchingParameters().digest().hex(),
        calibration_digest(default_model()),
    )


def points_of(probe: Template, reference: Template, found: Comparison) -> NDArray[np.float64]:
    """The matched minutiae of both prints."""
    columns = []
    for template, chosen in ((probe, found.pairs[:, 0]), (reference, found.pairs[:, 1])):
        own = template.minutiae
        columns.append(np.stack([getattr(own, name)[chosen].astype(np.float64) for name in POINT], axis=1))
    return np.stack(columns, axis=1)


def residuals_of(points: NDArray[np.float64], transform: RigidTransform | None) -> NDArray[np.float64]:
    """How far each pair lies apart after the alignment; three decimals are the same on every machine."""
    if transform is None or not len(points):
        return np.zeros((0, 2))
    x, y = transform.apply(points[:, 0, 0], points[:, 0, 1])
    apart = np.hypot(x - points[:, 1, 0], y - points[:, 1, 1])
    turned = np.abs(np.angle(np.exp(1j * (points[:, 0, 2] + transform.rotation_rad - points[:, 1, 2]))))
    return np.stack([np.round(apart, 3), np.round(turned, 3)], axis=1)


@functools.lru_cache(maxsize=1)
def engine_name() -> str:
    """Version of the engine, and eight bytes that follow from the code that makes a score: releases are rarer."""
    package = __name__.rpartition(".")[0]
    steps = sorted(one.name for one in pkgutil.iter_modules([str(Path(__file__).with_name("kernels"))]))
    digest = hashlib.sha256()
    for name in ("matcher", *(f"kernels.{step}" for step in steps)):
        try:
            digest.update(inspect.getsource(importlib.import_module(f"{package}.{name}")).encode())
        except OSError:  # installed without sources
            return __version__
    return f"{__version__}+{digest.hexdigest()[:16]}"


def calibration_digest(model: ScoreModel) -> str:
    """SHA-256 (hexadecimal, 16 bytes) of all numbers that make a score of evidence."""
    values = [float(model.ceiling)]
    for fusion in (model.with_flow, model.without_flow):
        for value in fusion:
            values += np.atleast_1d(np.asarray(value, np.float64)).tolist()
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def evidence_from_document(document: Any) -> HitEvidence:
    """Read plain data that another side sent.

    Raises
    ------
    InvalidEvidence
        When it is no evidence, or contradicts itself; whether it is true is for `check_evidence` to say.
    """
    found = BoundedObject(document, "evidence", InvalidEvidence)
    if found.text("format", 64) != KIND or found.whole("version", 1, 2**31) != VERSION:
        raise InvalidEvidence(f"evidence: expected {KIND!r}, version {VERSION}")
    kind = found.text("kind", 16)
    if kind not in (WHOLE, PARTIAL):
        raise InvalidEvidence(f"evidence: kind: expected {WHOLE} or {PARTIAL}")
    pairs = _table(found, "pairs", (2,), 0, 254).astype(np.int64)
    move = None if found.value("transform") is None else _numbers(found.values("transform", 3), 3, -1e6, 1e6)
    numbers = found.object("numbers")
    if len(numbers.names) > MAX_NUMBERS or any(len(name) > 64 or not name.isprintable() for name in numbers.names):
        raise InvalidEvidence(f"evidence: numbers: expected at most {MAX_NUMBERS} with short names")
    whole = kind == WHOLE
    evidence = HitEvidence(
        kind,
        found.number("score", 0.0, 1e6),
        pairs,
        None if move is None else RigidTransform(*move),
        {name: numbers.number(name, -1e300, 1e300) for name in numbers.names},
        _octets(found, "probe", whole),
        _octets(found, "reference", whole),
        _table(found, "points", (2, 4), -1e5, 1e5),
        _table(found, "residuals", (2,), 0.0, 1e6),
        found.text("engine", 64, 1),
        found.octets("parameters", 8).hex(),
        found.octets("calibration", 16).hex(),
    )
    expected = 0 if whole else len(pairs)
    if len(evidence.points) != expected or len(evidence.residuals) != (0 if move is None else expected):
        raise InvalidEvidence("evidence: points, residuals: expected one for each pair, and none in whole evidence")
    return evidence


def _octets(found: BoundedObject, name: str, required: bool) -> bytes:
    try:
        data = base64.b64decode(found.text(name, 2 * MAX_TEMPLATE), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidEvidence(f"evidence: {name}: expected base64") from None
    if len(data) > MAX_TEMPLATE or bool(data) != required:
        raise InvalidEvidence(f"evidence: {name}: expected a template in whole evidence, and none in partial")
    return data


def _table(found: BoundedObject, name: str, shape: tuple[int, ...], low: float, high: float) -> NDArray[np.float64]:
    rows = found.values(name, MAX_PAIRS)
    flat: list[float] = []
    for row in rows:
        inner = [row] if len(shape) == 1 else row
        if not isinstance(inner, list) or len(inner) != (1 if len(shape) == 1 else shape[0]):
            raise InvalidEvidence(f"evidence: {name}: expected rows of {shape}")
        for one in inner:
            flat += _numbers(one, shape[-1], low, high)
    return np.array(flat, np.float64).reshape((len(rows), *shape))


def _numbers(values: Any, count: int, low: float, high: float) -> list[float]:
    if not isinstance(values, list) or len(values) != count:
        raise InvalidEvidence(f"evidence: expected {count} numbers")
    row = BoundedObject({str(place): value for place, value in enumerate(values)}, "evidence", InvalidEvidence)
    return [row.number(str(place), low, high) for place in range(count)]
