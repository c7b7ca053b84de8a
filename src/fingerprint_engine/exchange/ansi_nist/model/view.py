"""A record's fields by name, with typed values, for reading and for editing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fingerprint_engine.exchange.ansi_nist.model.context import Context
from fingerprint_engine.exchange.ansi_nist.model.record import Record, field_label
from fingerprint_engine.exchange.ansi_nist.model.transaction import Transaction
from fingerprint_engine.exchange.ansi_nist.tables.field_table import Spec, spec_named, specs, unknown_spec
from fingerprint_engine.exchange.ansi_nist.tables.values import Value, decode_value, encode_value


class View(Mapping[str, Value]):
    """The fields of a record by mnemonic, such as ``view["FGP"]``; by number where they have none, ``view["2.003"]``.

    Any field may also be asked for by number. Iteration gives the fields that are present, in their order. Kinds of
    values are those of `values`. Reading decodes, nothing is kept: the record stays what it is.

    Raises
    ------
    ExchangeError
        Where the record type has no such field.
    MalformedRecord
        Where the field's text is not of its kind.
    """

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record

    def __getitem__(self, name: str | int) -> Value:
        """The value, or None where the field is absent."""
        spec = _spec(self.record, name)
        field = self.record.field(spec.number)
        return None if field is None else decode_value(spec, field.content, field_label(self.record.type, spec.number))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str | int) and self.record.field(_spec(self.record, name).number) is not None

    def __iter__(self) -> Iterator[str]:
        known = specs(self.record.type, self.record.context.type_2_domain)
        numbers = dict.fromkeys(field.number for field in self.record.fields)
        return iter([known.get(number, unknown_spec(self.record.type, number)).mnemonic for number in numbers])

    def __len__(self) -> int:
        return len({field.number for field in self.record.fields})

    def edited(self, **changes: Value) -> Record:
        """The record with other values of these fields; None leaves a field out.

        Raises
        ------
        ExchangeError
            Where there is no such field, or a value is not of its kind.
        """
        return edited(self.record, changes)


def edited(record: Record, changes: Mapping[str, Value]) -> Record:
    """The record with other values of these fields, by mnemonic or number; see `View.edited`."""
    for name, value in changes.items():
        spec = _spec(record, name)
        old = record.field(spec.number)
        label = field_label(record.type, spec.number)
        content = None if value is None else encode_value(spec, value, label, None if old is None else old.content)
        record = record.with_content(spec.number, content)
    return record


def edit(transaction: Transaction, index: int, **changes: Value) -> Transaction:
    """The transaction with other values of fields of the record in this place, and 1.003 true to them."""
    return transaction.replaced(index, edited(transaction.records[index], changes))


def new_record(record_type: int, values: Mapping[str, Value], context: Context = Context()) -> Record:  # noqa: B008
    """A new record of these values, by mnemonic or number; its fields in rising order."""
    return edited(Record(record_type, (), context), values)


def _spec(record: Record, name: str | int) -> Spec:
    return spec_named(record.type, name, record.context.type_2_domain)
