"""The one door for native template bytes: whatever enters is checked here, in full, before anything reads it.

A checksum is no proof, whoever forges bytes writes it. So every count, code, range and order is checked, and that the
descriptors are those of the minutiae. What passed may be trusted by all that is behind the door.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptTemplate, InputError, TemplateError, UnsupportedTemplateVersion
from fingerprint_engine.fingers import Impression
from fingerprint_engine.template.cylinders import CELLS, GRID, angular_table, cell_offsets
from fingerprint_engine.template.kernels import native_checks as kernels
from fingerprint_engine.template.kernels.descriptor_checks import Descriptors
from fingerprint_engine.template.kernels.native import CONTENT_AT, NAME_LENGTH_AT
from fingerprint_engine.template.kernels.native_checks import FAULTS
from fingerprint_engine.template.limits import MAX_CELLS, MAX_TEMPLATE_BYTES, SOURCE_PPI_RANGE
from fingerprint_engine.template.native.format import NativeFacts, facts_of
from fingerprint_engine.template.parameters import RADIUS_RANGE_PX, TemplateParameters
from fingerprint_engine.template.quantization import MAX_SIDE_PX

_SENTENCES = {
    "size": f"size: expected {kernels.MIN_BYTES} to {MAX_TEMPLATE_BYTES} bytes, got {{:.0f}}",
    "mark": "the bytes do not begin as a template does",
    "stated size": "size: the bytes are fewer or more than the {:.0f} that they state",
    "checksum": "the checksum does not fit the content",
    "version 0": f"version: expected 1 to {kernels.VERSION}, got {{:.0f}}",
    "newer version": f"version: expected 1 to {kernels.VERSION}, got {{:.0f}}",
    "counts": "counts: they ask for {:.0f} bytes, which is not the size",
    "finger": f"finger: expected 0 to {kernels.MAX_FINGER}, got {{:.0f}}",
    "impression": f"impression: expected one of {', '.join(str(int(code)) for code in Impression)}, got {{:.0f}}",
    "quality": "quality: expected 0 to 100 or 255 (unknown), got {:.0f}",
    "rows": f"rows: expected 1 to {MAX_SIDE_PX} px at 500 ppi, got {{:.0f}}",
    "columns": f"columns: expected 1 to {MAX_SIDE_PX} px at 500 ppi, got {{:.0f}}",
    "resolution": f"resolution: expected {SOURCE_PPI_RANGE[0]:g} to {SOURCE_PPI_RANGE[1]:g} ppi, got {{:g}}",
    "radius": f"radius: expected that of the stated parameters, {RADIUS_RANGE_PX[0]:g} to {RADIUS_RANGE_PX[1]:g} px, "
    "got {:g}",
    "map size": f"coarse map: expected at most {MAX_CELLS} cells, got {{:.0f}}",
    "map place": "coarse map: expected it inside the print, but it goes on to cell {:.0f}",
    "map shape": "coarse map: a map without cells states a place, a side or periods",
    "name": "extractor: expected text of printable characters, byte {:.0f} is none",
    "x": "minutiae: expected x inside the print, that of minutia {:.0f} is not",
    "y": "minutiae: expected y inside the print, that of minutia {:.0f} is not",
    "kind": "minutiae: expected kinds 0 to 2, that of minutia {:.0f} is another",
    "minutia quality": "minutiae: expected qualities 0 to 100 or 255 (unknown), that of minutia {:.0f} is another",
    "order": "minutiae: expected the canonical order, minutia {:.0f} is out of it",
    "duplicate": "minutiae: expected each once, minutia {:.0f} is there before at its place with its direction",
    "unused bits": "cylinders: expected no bits beyond the cells, minutia {:.0f} has some",
    "bits outside validity": "cylinders: expected bits in valid cells only, minutia {:.0f} has others",
    "descriptor": "cylinders: expected those that follow from the minutiae, that of minutia {:.0f} does not",
    "point x": "singular points: expected x inside the print, that of point {:.0f} is not",
    "point y": "singular points: expected y inside the print, that of point {:.0f} is not",
    "point kind": "singular points: expected kinds 1 and 2, that of point {:.0f} is another",
    "orientation": "coarse map: expected orientation 0 to 127, 254 or 255, got {:.0f}",
}
_CRC_POLYNOMIAL = 0xEDB88320


class Limits(NamedTuple):
    """Bounds that the kernels compare with."""

    max_bytes: int
    max_side_px: int
    min_ppi: float
    max_ppi: float
    min_radius_px: float
    max_radius_px: float
    max_cells: int


class NativeFaults(NamedTuple):
    """What is wrong with each of many templates.

    Attributes
    ----------
    fault
        int64, shape (n,): place in `FAULTS`, 0 for sound.
    found
        float64, shape (n,): the number that the message names.
    """

    fault: NDArray[np.int64]
    found: NDArray[np.float64]

    @property
    def sound(self) -> NDArray[np.bool_]:
        """Which templates may be used."""
        return np.asarray(self.fault == 0)

    def error(self, number: int) -> TemplateError | None:
        """The error to raise for a template; None when it is sound."""
        fault = FAULTS[int(self.fault[number])]
        if fault == "sound":
            return None
        kind = UnsupportedTemplateVersion if fault == "newer version" else CorruptTemplate
        return kind("template: " + _SENTENCES[fault].format(self.found[number]))


def check_natives(data: NDArray[np.uint8], offset: NDArray[np.int64], *, recompute: bool = True) -> NativeFaults:
    """Check native templates that lie one after another, without making templates of them; releases the GIL.

    Parameters
    ----------
    data, offset
        Template t is ``data[offset[t] : offset[t + 1]]``; places outside the data are a fault of that template.
    recompute
        Whether the descriptors are checked to be those of the minutiae as well, which takes most of the time. It can be
        done for templates with the default `TemplateParameters`; others are taken at their word.
    """
    offset = np.asarray(offset, np.int64)
    data = data.view()
    data.setflags(write=False)  # numba compiles anew for each mixture of writable and read-only arrays
    count = max(offset.shape[0] - 1, 0)
    faults, found, named = np.zeros(count, np.int64), np.zeros(count), np.zeros(count, np.bool_)
    kernels.check_natives(  # type: ignore[no-untyped-call]
        data, offset, _limits(), _impressions(), _checksum_table(), _descriptors(), recompute, faults, found, named
    )
    for number in np.flatnonzero(named & (faults == 0)).tolist():
        at = int(offset[number])
        bad = _first_unreadable(data[at + CONTENT_AT : at + CONTENT_AT + int(data[at + NAME_LENGTH_AT])].tobytes())
        if bad is not None:
            faults[number], found[number] = FAULTS.index("name"), bad
    return NativeFaults(faults, found)


def check_each(natives: Sequence[bytes]) -> list[TemplateError | None]:
    """`check_natives` of templates that do not lie one after another yet: of each the error to raise, None if sound."""
    offset = np.zeros(len(natives) + 1, np.int64)
    np.cumsum([len(native) for native in natives], out=offset[1:])
    found = check_natives(np.frombuffer(b"".join(natives), np.uint8), offset)
    return [found.error(number) for number in range(len(natives))]


def check_native(data: bytes) -> NativeFacts:
    """Check one native template; what its header says.

    Raises
    ------
    CorruptTemplate
        When anything in it is wrong.
    UnsupportedTemplateVersion
        When it is sound, but of a release newer than this one.
    InputError
        When it is not `bytes`.
    """
    if not isinstance(data, bytes):
        raise InputError(f"template: expected bytes, got {type(data).__name__}")
    (error,) = check_each([data])
    if error is not None:
        raise error
    return facts_of(data)


def is_readable(text: str) -> bool:
    """Whether a name can be shown: it has no control characters and none that turn the direction of writing."""
    return text.isprintable()


def _first_unreadable(name: bytes) -> int | None:
    """The first byte of what cannot be shown in UTF-8 text; None where all can."""
    try:
        text = name.decode()
    except UnicodeDecodeError as error:
        return error.start
    return next((len(text[:at].encode()) for at, sign in enumerate(text) if not is_readable(sign)), None)


@functools.lru_cache(maxsize=1)
def _limits() -> Limits:
    return Limits(MAX_TEMPLATE_BYTES, MAX_SIDE_PX, *SOURCE_PPI_RANGE, *RADIUS_RANGE_PX, MAX_CELLS)


@functools.lru_cache(maxsize=1)
def _impressions() -> NDArray[np.bool_]:
    """Which codes of impressions exist."""
    return np.isin(np.arange(256), [int(code) for code in Impression])


@functools.lru_cache(maxsize=1)
def _checksum_table() -> NDArray[np.int64]:
    """What `kernels.crc32` looks up; int64, shape (8, 256): the CRC-32 of a byte followed by so many zeros."""
    table = np.zeros((8, 256), np.int64)
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (_CRC_POLYNOMIAL if crc & 1 else 0)
        table[0, byte] = crc
    for zeros in range(1, 8):
        table[zeros] = table[0, table[zeros - 1] & 0xFF] ^ (table[zeros - 1] >> 8)
    return table


@functools.lru_cache(maxsize=1)
def _descriptors() -> Descriptors:
    """What the default parameters make cylinders with."""
    parameters = TemplateParameters()
    along, across = cell_offsets(parameters.radius_px)
    centres, sigma = np.unique(along), parameters.spatial_sigma_px
    step = float(centres[1] - centres[0])
    cell = np.full((GRID, GRID), CELLS, np.int64)
    cell[np.searchsorted(centres, along), np.searchsorted(centres, across)] = np.arange(along.size)
    return Descriptors(
        digest=np.frombuffer(parameters.digest(), np.uint8),
        radius_px=float(np.float32(parameters.radius_px)),
        centres_px=centres,
        step_px=step,
        cell=cell,
        angular=angular_table(parameters.angular_sigma_rad),
        sigma_px=sigma,
        scale=1.0 / (sigma * math.sqrt(2.0 * math.pi)),
        shrink=math.exp(-step * step / (sigma * sigma)),
        activation=parameters.activation,
    )
