"""A transaction as plain data for people to read: records, fields with their names, what codes mean, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.checks.consistency import contradictions
from fingerprint_engine.exchange.ansi_nist.encodings import encoding_of
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction, View
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.tables.codes import (
    BINARY_COMPRESSIONS,
    IMPRESSIONS,
    MISSING,
    POSITIONS,
    SCALE_UNITS,
)
from fingerprint_engine.exchange.ansi_nist.tables.field_table import TYPE_NAMES, Spec, specs, unknown_spec
from fingerprint_engine.exchange.ansi_nist.xml.other_encodings import unread_leaves
from fingerprint_engine.exchange.image_codecs import compression_of
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits

Description = dict[str, Any]
_SINGLE_CODES: Mapping[str, Mapping[Any, str]] = {"IMP": IMPRESSIONS, "SLC": SCALE_UNITS}
_POSITION_FIELDS = frozenset({"FGP", "FGPT", "FGN"})
_ITEM_CODES: Mapping[str, Mapping[Any, str]] = {
    **dict.fromkeys(("FRAP", "FRSP", "FRNP", "FRMP", "FRQP", "FRAS", "DFP", "FGP"), POSITIONS),
    "ABC": MISSING,
}


def describe(transaction: Transaction, *, limits: Limits = DEFAULT_LIMITS) -> Description:
    """The transaction as nested dicts and lists of texts and numbers, which JSON can hold.

    Returns
    -------
    dict
        ``format``, ``encoding``, ``version``, ``domain``, ``records``, ``warnings`` (of reading, and contradictions
        within). A record has ``type``, ``name``, ``idc``, ``fields``, its own ``warnings``, and ``elements``, the names
        of those in XML that no field stands for; a field ``tag``, ``mnemonic``, ``title``, ``value`` and, where codes
        have one, ``meaning``. Image data are shown by kind and size only.
    """
    found = contradictions(transaction, limits=limits)
    records = []
    for place, record in enumerate(transaction.records):
        description = _record(record)
        description["warnings"] = [f"{one.field}: {one.text}" for one in found if one.record == place]
        records.append(description)
    return {
        "format": "ANSI/NIST-ITL",
        "encoding": str(encoding_of(transaction)),
        "version": transaction.context.version,
        "domain": transaction.context.type_2_domain,
        "records": records,
        "warnings": [*transaction.warnings, *map(str, found)],
    }


def _record(record: Record) -> Description:
    known, view = specs(record.type, record.context.type_2_domain), View(record)
    fields = []
    for field in record.fields:
        spec = known.get(field.number, unknown_spec(record.type, field.number))
        value = _payload(field.content) if isinstance(field.content, bytes) else [list(one) for one in field.content]
        fields.append(_field(spec, field_label(record.type, field.number), value, _meaning(spec, view)))
    others = dict.fromkeys(leaf.name.local for leaf in unread_leaves(record))
    return {
        "type": record.type,
        "name": TYPE_NAMES.get(record.type, "Unknown"),
        "idc": record.idc,
        "fields": fields,
        "elements": list(others),
    }


def _field(spec: Spec, tag: str, value: Any, meaning: str) -> Description:
    mnemonic = "" if spec.mnemonic[0].isdigit() and "." in spec.mnemonic else spec.mnemonic
    described = {"tag": tag, "mnemonic": mnemonic, "title": spec.title, "value": value}
    if spec.items:
        described["items"] = [name for name, _ in spec.items]
    if meaning:
        described["meaning"] = meaning
    return described


def _meaning(spec: Spec, view: View) -> str:
    """What the codes in a field mean, in the order of its values; empty where it has none."""
    if spec.mnemonic == "CGA" and spec.kind == "int":
        table: Mapping[Any, str] | None = dict(enumerate(BINARY_COMPRESSIONS))
    elif spec.mnemonic in _POSITION_FIELDS and not spec.items:
        table = POSITIONS
    else:
        table = _SINGLE_CODES.get(spec.mnemonic)
    coded = [name for name, _ in spec.items if name in _ITEM_CODES]
    if table is None and not coded:
        return ""
    try:
        value = view[spec.mnemonic]
    except ExchangeError:
        return ""
    if table is not None:
        values = value if isinstance(value, tuple) else (value,)
        return ", ".join(table[one] for one in values if one in table)
    parts = value if isinstance(value, tuple) else (value,)
    return "; ".join(" ".join(_ITEM_CODES[name].get(part[name], "") for name in coded).strip() for part in parts)


def _payload(data: bytes) -> str:
    kind = compression_of(data)
    return f"{len(data)} bytes" if kind is None else f"{len(data)} bytes, {kind}"
