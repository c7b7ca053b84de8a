"""A document as a tree of names and values, for people to look at; pixels and templates are counted, not shown."""

from __future__ import annotations

import dataclasses
from typing import Any

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist import Transaction, describe, encoding_of
from fingerprint_engine.exchange.document import Document, Part, Parts
from fingerprint_engine.exchange.image_codecs import compression_of
from fingerprint_engine.exchange.image_records import ImageRecord, ImageView, extended_blocks
from fingerprint_engine.exchange.impressions import finger_of, impression_of
from fingerprint_engine.exchange.losses import Losses
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, MinutiaeRecord, MinutiaeView
from fingerprint_engine.exchange.minutiae_records.extended_data import (
    CORES_AND_DELTAS,
    RIDGE_COUNTS,
    ZONAL_QUALITY,
    cores_and_deltas,
    ridge_counts,
)
from fingerprint_engine.exchange.minutiae_records.model import RecordVersion
from fingerprint_engine.exchange.minutiae_records.native_block import is_native
from fingerprint_engine.exchange.representation import UNKNOWN_TIME, CaptureDevice
from fingerprint_engine.template import Template

MAX_LENGTH = 72
"""Characters of a value that are shown."""
_EXTENDED = {1: "segmentation", 2: "annotation", 3: "comment"}
MAX_REPEATS = 4
"""Repeats of a field that are shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outline:
    """A node of the tree.

    Parameters
    ----------
    name
        What it is.
    value
        What it says; empty for a node that only holds others.
    parts
        Nodes below.
    is_warning
        Whether it tells of something that is wrong with the document.
    """

    name: str
    value: str = ""
    parts: tuple[Outline, ...] = ()
    is_warning: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The tree as plain values, for JSON."""
        node: dict[str, Any] = {"name": self.name}
        if self.value:
            node["value"] = self.value
        if self.is_warning:
            node["is_warning"] = True
        if self.parts:
            node["parts"] = [part.as_dict() for part in self.parts]
        return node


def outline(document: Document) -> Outline:
    """The tree of a document.

    Raises
    ------
    LimitExceeded
        When that costs more than the document's `limits` allow.
    """
    match document.content:
        case MinutiaeRecord():
            parts = _minutiae_record(document.content)
        case ImageRecord():
            parts = _image_record(document.content)
        case Transaction():
            records = describe(document.content, limits=document.limits)["records"]
            parts = [_transaction_record(place, one) for place, one in enumerate(records, 1)]
        case Template():
            parts = [Outline("minutiae", str(len(document.content)))]
        case Parts(inside):
            parts = [_wrapped(part) for part in inside]
        case bytes():
            kind = compression_of(document.content)
            parts = [Outline("data", f"{len(document.content)} bytes{f', {kind}' if kind else ''}")]
        case _:
            known = sum(one.quality is not None for one in document.content)
            parts = [Outline("minutiae", str(len(document.content))), Outline("with quality", str(known))]
    said = "XML" if isinstance(document.content, Transaction) and encoding_of(document.content) == "xml" else ""
    return Outline(str(document.format), said, tuple(parts))


def _wrapped(part: Part) -> Outline:
    said = [Outline(name, value[:MAX_LENGTH]) for name, value in part.facts]
    if part.document is None:
        return Outline(part.name, part.refusal, tuple(said), is_warning=True)
    inner = outline(part.document)
    return Outline(part.name, inner.name, (*said, *inner.parts))


def _minutiae_record(record: MinutiaeRecord) -> list[Outline]:
    head = [Outline("version", record.version.clause)]
    if not record.version.is_iso:
        head.append(Outline("CBEFF product", f"owner {record.owner}, type {record.product}"))
    if record.equipment:
        head.append(Outline("capture equipment", f"0x{record.equipment:04X}"))
    return [*head, *(_minutiae_view(place, view, record.version) for place, view in enumerate(record.views, 1))]


def _minutiae_view(place: int, view: MinutiaeView, version: RecordVersion) -> Outline:
    kinds = [sum(one.kind == kind for one in view.minutiae) for kind in (1, 2)]
    parts = [
        *_print(view),
        Outline("size", f"{view.width} x {view.height} px"),
        Outline("resolution", f"{view.x_ppcm} x {view.y_ppcm} px/cm"),
        Outline(
            "minutiae",
            f"{len(view.minutiae)} ({kinds[0]} endings, {kinds[1]} bifurcations, "
            f"{len(view.minutiae) - sum(kinds)} other)",
        ),
    ]
    for quality in view.qualities:
        parts.append(Outline("quality algorithm", f"vendor {quality.vendor}, algorithm {quality.algorithm}"))
    parts.extend(_device(view.device))
    parts.extend(_block(block, version) for block in view.extended)
    return Outline(f"view {place}", "", tuple(parts))


def _block(block: ExtendedBlock, version: RecordVersion) -> Outline:
    size = f"{len(block.data)} bytes"
    try:
        if block.kind == RIDGE_COUNTS:
            counts = ridge_counts(block)
            return Outline("ridge counts", f"{len(counts.counts)}, method {counts.method}")
        if block.kind == CORES_AND_DELTAS:
            found = cores_and_deltas(block, version)
            return Outline("cores and deltas", f"{len(found.cores)} and {len(found.deltas)}")
    except ExchangeError as error:
        return Outline(f"extended block {block.kind}", f"{size}, damaged: {error}")
    if block.kind == ZONAL_QUALITY:
        return Outline("zonal quality", size)
    return Outline("template of this engine" if is_native(block) else f"extended block 0x{block.kind:04X}", size)


def _image_record(record: ImageRecord) -> list[Outline]:
    parts = [Outline("version", record.version.clause)]
    if record.device:
        parts.append(Outline("capture device", f"0x{record.device:04X}"))
    names = record.version.compressions
    return [*parts, *(_image_view(place, view, names) for place, view in enumerate(record.views, 1))]


def _image_view(place: int, view: ImageView, names: tuple[str, ...]) -> Outline:
    stated = str(names[view.compression]) if view.compression < len(names) else f"unknown ({view.compression})"
    parts = [
        *_print(view),
        Outline("size", f"{view.width} x {view.height} px, {view.depth} bits"),
        Outline("resolution", f"{view.ppi[0]:g} x {view.ppi[1]:g} ppi"),
        Outline("image", f"{stated}, {len(view.data)} bytes"),
    ]
    parts.extend(_device(view.device))
    if view.extended:
        blocks = extended_blocks(view)
        named = tuple(Outline(_EXTENDED.get(kind, f"type {kind}"), f"{len(data)} bytes") for kind, data in blocks)
        parts.append(Outline("extended data", f"{len(view.extended)} bytes", named))
    return Outline(f"view {place}", "", tuple(parts))


def _print(view: MinutiaeView | ImageView) -> list[Outline]:
    return [
        Outline("finger", _position(view.position)),
        Outline("impression", _impression(view.impression)),
        Outline("quality", str(view.quality)),
    ]


def _device(device: CaptureDevice) -> list[Outline]:
    parts = []
    if device.time not in (UNKNOWN_TIME, bytes(9)):
        year, month, day, hour, minute, second, _ = device.time_fields
        parts.append(Outline("captured", f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"))
    if device.vendor or device.product:
        parts.append(Outline("capture device", f"vendor {device.vendor}, type {device.product}"))
    parts.extend(Outline("certification", one.hex()) for one in device.certifications)
    return parts


def _transaction_record(place: int, record: dict[str, Any]) -> Outline:
    """A record as `ansi_nist.describe` gives it, what contradicts itself at its end."""
    fields = [_field(one) for one in record["fields"]]
    wrong = [Outline("contradiction", text, is_warning=True) for text in record["warnings"]]
    if record["elements"]:
        fields.append(Outline("other elements", _text(", ".join(record["elements"]))))
    idc = "" if record["idc"] is None else f", IDC {record['idc']}"
    return Outline(f"record {place}, Type-{record['type']}{idc}", record["name"].lower(), (*fields, *wrong))


def _field(field: dict[str, Any]) -> Outline:
    name, value = field["mnemonic"] or field["tag"] or field["title"], field["value"]
    if isinstance(value, str):  # counted, not shown
        return Outline(name, value)
    meaning = f" ({field['meaning']})" if "meaning" in field else ""
    items = field.get("items", [])
    if len(value) == 1 or all(len(part) == 1 for part in value):
        return Outline(name, _text(", ".join(_named(part, items) for part in value) + meaning))
    shown = [Outline(str(place), _text(_named(part, items))) for place, part in enumerate(value[:MAX_REPEATS], 1)]
    if len(value) > MAX_REPEATS:
        shown.append(Outline("…", f"{len(value) - MAX_REPEATS} more"))
    return Outline(name, _text(f"{len(value)} entries{meaning}"), tuple(shown))


def _named(part: list[str], items: list[str]) -> str:
    """The items of a subfield that say something, with their names."""
    names = [*items, *[""] * (len(part) - len(items))] if len(items) > 1 else [""] * len(part)
    return ", ".join(f"{name} {value}".strip() for name, value in zip(names, part, strict=False) if value)


def _text(text: str) -> str:
    text = "".join(one if one.isprintable() else "·" for one in text)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def _position(code: int) -> str:
    losses = Losses()
    finger = finger_of(code, losses)
    return f"position {code}" if len(losses) else finger.name.lower().replace("_", " ")


def _impression(code: int) -> str:
    losses = Losses()
    impression = impression_of(code, losses)
    return f"type {code}" if len(losses) else impression.name.lower().replace("_", " ")
