"""A transaction as plain data for people to read: records, fields with their names, what codes mean, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.checks.consistency import contradictions
from fingerprint_engine.exchange.ansi_nist.fields import DATA_NUMBER, FIRST_TYPE_WITH_DATA
from fingerprint_engine.exchange.ansi_nist.records import BinaryRecord, Record, TextRecord
from fingerprint_engine.exchange.ansi_nist.tables.codes import (
    BINARY_COMPRESSIONS,
    IMPRESSIONS,
    MISSING,
    POSITIONS,
    SCALE_UNITS,
)
from fingerprint_engine.exchange.ansi_nist.tables.field_table import TYPE_NAMES, Spec, domain_of, specs, unknown_spec
from fingerprint_engine.exchange.ansi_nist.transaction import Transaction
from fingerprint_engine.exchange.ansi_nist.views import View
from fingerprint_engine.exchange.image_codecs import compression_of

Description = dict[str, Any]
_SINGLE_CODES: Mapping[str, Mapping[Any, str]] = {"IMP": IMPRESSIONS, "SLC": SCALE_UNITS}
_POSITION_FIELDS = frozenset({"FGP", "FGPT", "FGN"})
_ITEM_CODES: Mapping[str, Mapping[Any, str]] = {
    **dict.fromkeys(("FRAP", "FRSP", "FRNP", "FRMP", "FRQP", "FRAS", "DFP", "FGP"), POSITIONS),
    "ABC": MISSING,
}


def describe(transaction: Transaction) -> Description:
    """The transaction as nested dicts and lists of texts and numbers, which JSON can hold.

    Returns
    -------
    dict
        ``format``, ``version``, ``domain``, ``records``, ``trailing_bytes``, ``warnings`` (of reading and
        contradictions within). A record has ``type``, ``name``, ``idc``, ``bytes``, ``fields`` and its own
        ``warnings``; a field ``tag``, ``mnemonic``, ``title``, ``value`` and, where codes have one, ``meaning``. Image
        data are shown by kind and size only.
    """
    found = contradictions(transaction)
    records = []
    for place, record in enumerate(transaction.records):
        description = _record(record)
        description["warnings"] = [f"{one.field}: {one.text}" for one in found if one.record == place]
        records.append(description)
    return {
        "format": "ANSI/NIST-ITL, traditional encoding",
        "version": transaction.context.version,
        "domain": domain_of(transaction.context),
        "records": records,
        "trailing_bytes": len(transaction.trailing),
        "warnings": [*transaction.warnings, *map(str, found)],
    }


def _record(record: Record) -> Description:
    fields = _binary_fields(record) if isinstance(record, BinaryRecord) else _tagged_fields(record)
    return {
        "type": record.type,
        "name": TYPE_NAMES.get(record.type, "Unknown"),
        "idc": record.idc,
        "bytes": record.size,
        "fields": fields,
    }


def _tagged_fields(record: TextRecord) -> list[Description]:
    known, view = specs(record.type, record.context), View(record)
    described = []
    for field in record.fields:
        number = field.number
        if number < 0:
            described.append({"tag": "", "mnemonic": "", "title": "without a tag", "value": f"{field.size} bytes"})
            continue
        spec = known.get(number, unknown_spec(record.type, number))
        if number == DATA_NUMBER and record.type >= FIRST_TYPE_WITH_DATA:
            value: Any = _payload(field.value)
        else:
            sets = record.context.character_sets
            value = [[sets.decode(item) for item in items] for items in field.subfields]
        described.append(_field(spec, field.tag.decode("ascii"), value, _meaning(spec, view)))
    return described


def _binary_fields(record: BinaryRecord) -> list[Description]:
    by_name = {spec.mnemonic: spec for spec in specs(record.type).values()}
    view = View(record)
    try:
        values = dict(view)
    except ExchangeError:
        return []
    described = []
    for name, value in values.items():
        spec = by_name[name]
        shown = (
            _payload(value) if name == "DATA" else [[str(one)] for one in value] if name == "FGP" else [[str(value)]]
        )
        meaning = _meaning(spec, view)
        if name == "CGA" and value < len(BINARY_COMPRESSIONS):
            meaning = BINARY_COMPRESSIONS[value]
        described.append(_field(spec, f"{record.type}.{spec.number:03d}", shown, meaning))
    return described


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
    table = POSITIONS if spec.mnemonic in _POSITION_FIELDS and not spec.items else _SINGLE_CODES.get(spec.mnemonic)
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
