"""A record's fields by name: the same way for tagged records and for the binary layout of Types 3 to 8."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist.characters import CharacterSets
from fingerprint_engine.exchange.ansi_nist.fields import FS, GS
from fingerprint_engine.exchange.ansi_nist.records import BinaryRecord, Record, TextRecord
from fingerprint_engine.exchange.ansi_nist.tables.field_table import Spec, spec_named, specs, unknown_spec
from fingerprint_engine.exchange.ansi_nist.tables.values import Value, decode_value, encode_value
from fingerprint_engine.exchange.ansi_nist.transaction import Transaction

_PRINT = (("IDC", "B"), ("IMP", "B"), ("FGP", "6s"), ("ISR", "B"), ("HLL", "H"), ("VLL", "H"), ("CGA", "B"))
_SIGNATURE = (("IDC", "B"), ("SIG", "B"), ("SRT", "B"), ("ISR", "B"), ("HLL", "H"), ("VLL", "H"))
LAYOUTS = {**dict.fromkeys((3, 4, 5, 6), _PRINT), 7: (("IDC", "B"),), 8: _SIGNATURE}
"""Fields of binary records behind the length, big-endian; DATA follows."""
MAX_POSITIONS = 6
_UNUSED = 0xFF
_MAXIMUM = {"B": 0xFF, "H": 0xFFFF}


class View(Mapping[str, Value]):
    """The fields of a record by mnemonic, such as ``view["FGP"]``; by number where they have none, ``view["2.003"]``.

    Any field may also be asked for by number. Iteration gives the fields that are present, in their order. Kinds of
    values are those of `values`. Reading decodes, nothing is kept: the record stays what it is.

    Raises
    ------
    ExchangeError
        Where the record type has no such field.
    MalformedRecord
        Where the field's bytes are not of its kind.
    """

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record

    def __getitem__(self, name: str | int) -> Value:
        """The value, or None where the field is absent."""
        spec = spec_named(self.record.type, name, self.record.context)
        if isinstance(self.record, BinaryRecord):
            return _binary_values(self.record)[spec.mnemonic]
        raw = self.record.value(spec.number)
        return None if raw is None else decode_value(spec, raw, _sets(self.record), _label(self.record, spec))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str | int):
            return False
        spec = spec_named(self.record.type, name, self.record.context)
        return isinstance(self.record, BinaryRecord) or self.record.value(spec.number) is not None

    def __iter__(self) -> Iterator[str]:
        if isinstance(self.record, BinaryRecord):
            return iter(_binary_values(self.record))
        known = specs(self.record.type, self.record.context)
        numbers = dict.fromkeys(field.number for field in self.record.fields if field.tag)
        return iter([known.get(number, unknown_spec(self.record.type, number)).mnemonic for number in numbers])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def raw(self, name: str | int) -> bytes | None:
        """The bytes of a tagged field, None where it is absent."""
        spec = spec_named(self.record.type, name, self.record.context)
        return self.record.value(spec.number) if isinstance(self.record, TextRecord) else None

    def edited(self, **changes: Value) -> Record:
        """The record with these fields written anew, and its length with them; None leaves a field out.

        Raises
        ------
        ExchangeError
            Where there is no such field, or a value is not of its kind.
        """
        return edited(self.record, changes)


def edited(record: Record, changes: Mapping[str, Value]) -> Record:
    """The record with these fields (by mnemonic or number) written anew; see `View.edited`."""
    if isinstance(record, BinaryRecord):
        return _edited_binary(record, changes)
    for name, value in changes.items():
        spec = spec_named(record.type, name, record.context)
        label = _label(record, spec)
        raw = None if value is None else encode_value(spec, value, _sets(record), label, record.value(spec.number))
        if raw is not None and spec.kind != "bytes" and not _sets(record).wide and (GS in raw or FS in raw):
            raise ExchangeError(f"{label}: expected a value without the separators FS and GS")
        record = record.with_value(spec.number, raw)
    return record


def edit(transaction: Transaction, index: int, **changes: Value) -> Transaction:
    """The transaction with fields of the record in this place written anew, and lengths and 1.003 with them."""
    return transaction.replaced(index, edited(transaction.records[index], changes))


def _sets(record: TextRecord) -> CharacterSets:
    return CharacterSets() if record.type == 1 else record.context.character_sets


def _label(record: TextRecord, spec: Spec) -> str:
    return f"{record.type}.{spec.number:03d}"


def _layout(record: BinaryRecord) -> tuple[list[str], str]:
    layout = LAYOUTS[record.type]
    return [name for name, _ in layout], ">" + "".join(code for _, code in layout)


def _binary_values(record: BinaryRecord) -> dict[str, Value]:
    names, codes = _layout(record)
    size = struct.calcsize(codes)
    if len(record.body) < size:
        raise MalformedRecord(f"expected {size} bytes before the data, found {len(record.body)}", None, "record")
    values: dict[str, Value] = dict(zip(names, struct.unpack_from(codes, record.body), strict=True))
    if "FGP" in values:
        values["FGP"] = tuple(position for position in values["FGP"] if position != _UNUSED)
    return {"LEN": record.length, **values, "DATA": record.body[size:]}


def _edited_binary(record: BinaryRecord, changes: Mapping[str, Value]) -> BinaryRecord:
    names, codes = _layout(record)
    values = _binary_values(record)
    layout = dict(LAYOUTS[record.type])
    for name, value in changes.items():
        spec = spec_named(record.type, name, record.context)
        label = f"{record.type}.{spec.number:03d}"
        if spec.mnemonic not in values or spec.mnemonic == "LEN":
            raise ExchangeError(f"{label}: cannot be set")
        if spec.mnemonic == "DATA":
            values["DATA"] = encode_value(spec, value, CharacterSets(), label)
        elif spec.mnemonic == "FGP":
            values["FGP"] = _positions(value, label)
        else:
            values[spec.mnemonic] = _unsigned(value, _MAXIMUM[layout[spec.mnemonic]], label)
    if "FGP" in values:
        values["FGP"] = bytes(values["FGP"]).ljust(MAX_POSITIONS, bytes([_UNUSED]))
    packed = struct.pack(codes, *(values[name] for name in names))
    return record.with_body(packed + values["DATA"])


def _positions(value: Value, label: str) -> tuple[int, ...]:
    positions = (value,) if isinstance(value, int) else tuple(value)
    if not 1 <= len(positions) <= MAX_POSITIONS:
        raise ExchangeError(f"{label}: expected 1 to {MAX_POSITIONS} positions, found {len(positions)}")
    return tuple(_unsigned(position, _UNUSED - 1, label) for position in positions)


def _unsigned(value: Value, maximum: int, label: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= maximum:
        raise ExchangeError(f"{label}: expected a whole number of 0 to {maximum}")
    return value


def binary_record(record_type: int, values: Mapping[str, Value]) -> BinaryRecord:
    """A new record of Types 3 to 8; fields that are not given are 0."""
    if record_type not in LAYOUTS:
        raise ExchangeError(f"Type-{record_type}: expected a binary type, 3 to 8")
    size = struct.calcsize(_layout(BinaryRecord(record_type, 0, b""))[1])
    return _edited_binary(BinaryRecord(record_type, 0, bytes(size)), values)
