"""Finger minutiae records: ISO/IEC 19794-2:2005 and 2011, INCITS 378-2004, 2009 and its amendment 1.

`loads` tells the version by content and keeps all that it reads; `dumps` writes a record, or templates, with exact
lengths; `templates` makes templates of a record. Card formats, which have no header, are in `minutiae_records.card`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.minutiae_records.codec import decode, encode
from fingerprint_engine.exchange.minutiae_records.conversion import convert
from fingerprint_engine.exchange.minutiae_records.detection import is_minutiae_record, version_of
from fingerprint_engine.exchange.minutiae_records.mapping import settle, template_of_view, view_of_template
from fingerprint_engine.exchange.minutiae_records.model import (
    ExtendedBlock,
    MinutiaeRecord,
    MinutiaeView,
    RecordMinutia,
    RecordVersion,
)
from fingerprint_engine.exchange.points import FOREIGN
from fingerprint_engine.exchange.representation import UNKNOWN_PRODUCT, UNKNOWN_VENDOR
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.parameters import one_of
from fingerprint_engine.template import Template, TemplateParameters

__all__ = [
    "ExtendedBlock",
    "MinutiaeRecord",
    "MinutiaeView",
    "RecordMinutia",
    "RecordVersion",
    "convert",
    "dumps",
    "is_minutiae_record",
    "loads",
    "record_of_templates",
    "templates",
    "version_of",
]


def loads(data: bytes, *, strict: bool = False, limits: Limits = DEFAULT_LIMITS) -> MinutiaeRecord:
    """Read a minutiae record of any version, told by content.

    Parameters
    ----------
    data
        The whole record.
    strict
        Whether to refuse faults that can be tolerated and are otherwise listed in the record's `warnings`: wrong
        lengths, angles beyond a turn, reserved kinds.
    limits
        What the record may cost.

    Raises
    ------
    LimitExceeded
        When it has more views, minutiae or data than `limits` allow.
    MalformedRecord
        When the bytes break the layout; with offset and field.
    UnsupportedRecord
        When they are a minutiae record of no known version.
    """
    return decode(data, Budget(limits), strict=strict)


def dumps(
    content: MinutiaeRecord | Iterable[Template],
    version: str | None = None,
    *,
    strict: bool = False,
    ppi: float = CANONICAL_PPI,
    native: bool = False,
) -> bytes:
    """Write a minutiae record with exact lengths.

    Parameters
    ----------
    content
        A record, or the templates to make one of, one view per template.
    version
        ``"iso-19794-2:2005"``, ``"iso-19794-2:2011"``, ``"incits-378:2004"``, ``"incits-378:2009"`` or
        ``"incits-378:2009-am1"``; by default a record's own, and ISO 2005 for templates.
    strict
        Whether to refuse to lose anything; what is lost otherwise, `record_of_templates` and `convert` tell.
    ppi
        Resolution of templates' positions.
    native
        Whether templates' own bytes go along in an extended block.

    Raises
    ------
    ExchangeError
        When a value does not fit the version.
    LossRefused
        In strict mode, when something would be lost.
    """
    if isinstance(content, MinutiaeRecord):
        chosen = content.version if version is None else version_named(version)
        return encode(convert(content, chosen, strict=strict).value)
    chosen = RecordVersion.ISO_2005 if version is None else version_named(version)
    return encode(record_of_templates(content, chosen, strict=strict, ppi=ppi, native=native).value)


def version_named(name: str) -> RecordVersion:
    """The version of a name.

    Raises
    ------
    ExchangeError
        When the name is invalid.
    """
    return one_of(name, "version", RecordVersion, ExchangeError)


def record_of_templates(
    prints: Iterable[Template],
    version: str = RecordVersion.ISO_2005,
    *,
    strict: bool = False,
    ppi: float = CANONICAL_PPI,
    native: bool = False,
) -> Mapped[MinutiaeRecord]:
    """Make a record of templates, one view per template; views of one finger are numbered.

    See `dumps` for the parameters. The first editions state one size for all views: the largest of the prints.
    """
    chosen = version_named(version)
    losses, views = Losses(), []
    seen: dict[int, int] = {}
    for template in prints:
        view, lost = view_of_template(template, chosen, ppi=ppi, native=native)
        number = seen.get(view.position, 0)
        seen[view.position] = number + 1
        views.append(dataclasses.replace(view, number=number))
        losses.extend(lost)
    if not views:
        raise ExchangeError("minutiae record: expected at least one template, got none")
    if chosen.first_edition:
        width, height = max(view.width for view in views), max(view.height for view in views)
        losses.add("sizes of the prints: one size stands for all", when=len({(v.width, v.height) for v in views}) > 1)
        views = [dataclasses.replace(view, width=width, height=height) for view in views]
    owner, product = (0, 0) if chosen.is_iso else (UNKNOWN_VENDOR, UNKNOWN_PRODUCT)
    return losses.settle(MinutiaeRecord(chosen, tuple(views), owner, product), strict=strict)


def templates(
    record: MinutiaeRecord,
    *,
    strict: bool = False,
    ppi: float | None = None,
    unstated_ppi: float | None = None,
    parameters: TemplateParameters | None = None,
    parameters_digest: bytes = FOREIGN,
    limits: Limits = DEFAULT_LIMITS,
    budget: Budget | None = None,
) -> Mapped[tuple[Template, ...]]:
    """Make a template of each view.

    Parameters
    ----------
    record
        What `loads` gave.
    strict
        Whether to refuse to lose anything that the record holds and a template does not.
    ppi
        The image's true resolution, where the record is known to state another: some writers put the same number into
        every header.
    unstated_ppi
        Resolution of views that state none.
    parameters
        Of the local descriptors.
    parameters_digest
        Templates compare only with those of an equal digest: the default, zeros, is that of all templates made of
        records; ``pipeline_parameters("learned").digest()`` makes them comparable with the engine's own. Another
        extractor's minutiae lie elsewhere by up to a ridge width, and scores are calibrated on the engine's own.
    limits
        What all templates together may cost.
    budget
        What is left of the limits of a request that this is a part of, in place of ``limits``.

    Raises
    ------
    LimitExceeded
        When they cost more.
    ExchangeError
        When a view states no resolution, or a size larger than a hand.
    LossRefused
        In strict mode.
    """
    left = Budget(limits) if budget is None else budget
    pairs = []
    for view in record.views:
        left.spend("prints")
        stated = view.x_ppcm > 0 and view.y_ppcm > 0
        resolution = unstated_ppi if ppi is None and not stated else ppi
        made = template_of_view(
            view, record.version, ppi=resolution, parameters=parameters, parameters_digest=parameters_digest
        )
        pairs.append(made)
    lost = Losses()
    lost.add("CBEFF product identifier", when=record.owner not in (0, UNKNOWN_VENDOR))
    lost.add("capture equipment", when=record.equipment != 0)
    pairs[0][1].extend(lost)
    return settle(pairs, strict=strict)
