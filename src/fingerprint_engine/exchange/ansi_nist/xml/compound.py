"""Items that are more than one text in XML: versions, references with their country, positions, polygons, counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from fingerprint_engine.exchange.ansi_nist.tables.values import Subfields
from fingerprint_engine.exchange.ansi_nist.xml.mapping import Path
from fingerprint_engine.exchange.ansi_nist.xml.names import names_of
from fingerprint_engine.exchange.ansi_nist.xml.tree import Order, add, find, find_all, make
from fingerprint_engine.exchange.markup import Element

_REFERENCE = re.compile(r"([A-Z]{3})/(.*)", re.DOTALL)
_VERSION = re.compile(r"(\d\d)(\d\d)", re.ASCII)
_PACKED = re.compile(r"(\d{4})(\d{4})(\d{3})?", re.ASCII)


class Compound(NamedTuple):
    """How such an item, or all subfields of such a field, is read and written.

    ``read`` gives the items, none where nothing is there; ``write`` puts all that are left, and tells whether it could;
    ``leaves`` are the elements that it reads.
    """

    read: Callable[[Element, Path], tuple[str, ...]]
    write: Callable[[Element, Path, Sequence[str], Order], bool]
    leaves: Callable[[Element, Path], list[Element]]


def _steps(*texts: str) -> list[Path]:
    return [tuple(names_of(step) for step in text.split("/")) for text in texts]


def _text(element: Element | None) -> str:
    return "" if element is None else element.text.strip()


def _parts(paths: Sequence[Path]) -> Callable[[Element, Path], list[Element]]:
    """The leaves at these paths below each element of the item's path."""

    def leaves(base: Element, path: Path) -> list[Element]:
        owners = list(find_all(base, path))
        return [leaf for owner in owners for one in paths for leaf in find_all(owner, one)]

    return leaves


_MAJOR, _MINOR = _steps("TransactionMajorVersionValue", "TransactionMinorVersionValue")


def _read_version(base: Element, _: Path) -> tuple[str, ...]:
    major, minor = find(base, _MAJOR), find(base, _MINOR)
    return () if major is None else (_text(major).zfill(2) + _text(minor).zfill(2),)


def _write_version(base: Element, _: Path, items: Sequence[str], order: Order) -> bool:
    match = _VERSION.fullmatch(items[0])
    if match is None:
        return False
    make(base, _MAJOR, order).text, make(base, _MINOR, order).text = match.groups()
    return True


_COUNTRY, _ID = _steps("int-i:LocationCountryISO3166Alpha3Code", "nc:IdentificationID")


def _read_reference(base: Element, _: Path) -> tuple[str, ...]:
    country, identifier = find(base, _COUNTRY), find(base, _ID)
    if country is None:
        return () if identifier is None else (_text(identifier),)
    return (f"{_text(country)}/{_text(identifier)}",)


def _write_reference(base: Element, _: Path, items: Sequence[str], order: Order) -> bool:
    match = _REFERENCE.fullmatch(items[0])
    country, identifier = match.groups() if match is not None else ("", items[0])
    if country:
        make(base, _COUNTRY, order).text = country
    make(base, _ID, order).text = identifier
    return True


_X, _Y, _THETA = _steps(
    "PositionHorizontalCoordinateValue", "PositionVerticalCoordinateValue", "PositionThetaAngleMeasure"
)


def _read_packed(base: Element, _: Path) -> tuple[str, ...]:
    x, y, theta = (find(base, path) for path in (_X, _Y, _THETA))
    if x is None or y is None:
        return ()
    return (_text(x).zfill(4) + _text(y).zfill(4) + ("" if theta is None else _text(theta).zfill(3)),)


def _write_packed(base: Element, _: Path, items: Sequence[str], order: Order) -> bool:
    match = _PACKED.fullmatch(items[0])
    if match is None:
        return False
    for path, text in zip((_X, _Y, _THETA), match.groups(), strict=True):
        if text is not None:
            make(base, path, order).text = str(int(text)) if path is not _THETA else text
    return True


_NEIGHBOUR, _COUNT = _steps("RidgeCountReferenceIdentification/nc:IdentificationID", "RidgeCountValue")


def _pairs(first: Path, second: Path, joint: str) -> Compound:
    """Open-ended items of two texts each, one for every element of the path."""

    def read(base: Element, path: Path) -> tuple[str, ...]:
        return tuple(f"{_text(find(one, first))}{joint}{_text(find(one, second))}" for one in find_all(base, path))

    def write(base: Element, path: Path, items: Sequence[str], order: Order) -> bool:
        split = [item.split(joint) for item in items]
        for pair in split:
            if len(pair) == 2:
                one = add(make(base, path[:-1], order), path[-1], order)
                make(one, first, order).text, make(one, second, order).text = pair
        return all(len(pair) == 2 for pair in split)

    return Compound(read, write, _parts((first, second)))


_VX, _VY = _steps("PositionHorizontalCoordinateValue", "PositionVerticalCoordinateValue")


def _read_vertices(base: Element, path: Path) -> tuple[str, ...]:
    return tuple(_text(find(one, part)) for one in find_all(base, path) for part in (_VX, _VY))


def _write_vertices(base: Element, path: Path, items: Sequence[str], order: Order) -> bool:
    for x, y in zip(items[::2], items[1::2], strict=False):
        one = add(make(base, path[:-1], order), path[-1], order)
        make(one, _VX, order).text, make(one, _VY, order).text = x, y
    return len(items) % 2 == 0


_PX, _PY = _steps("ImageLocationHorizontalCoordinateMeasure", "ImageLocationVerticalCoordinateMeasure")


def _read_polygon(base: Element, path: Path) -> tuple[str, ...]:
    corners = [f"{_text(find(one, _PX))},{_text(find(one, _PY))}" for one in find_all(base, path)]
    return ("-".join(corners),) if corners else ()


def _write_polygon(base: Element, path: Path, items: Sequence[str], order: Order) -> bool:
    corners = [corner.split(",") for corner in items[0].split("-")] if items[0] else []
    if any(len(corner) != 2 for corner in corners):
        return False
    for x, y in corners:
        one = add(make(base, path[:-1], order), path[-1], order)
        make(one, _PX, order).text, make(one, _PY, order).text = x, y
    return True


def _read_each(base: Element, path: Path) -> tuple[str, ...]:
    return tuple(_text(one) for one in find_all(base, path))


def _write_each(base: Element, path: Path, items: Sequence[str], order: Order) -> bool:
    for text in items:
        add(make(base, path[:-1], order), path[-1], order).text = text
    return True


COMPOUNDS: Mapping[str, Compound] = {
    "version": Compound(_read_version, _write_version, _parts((_MAJOR, _MINOR))),
    "reference": Compound(_read_reference, _write_reference, _parts((_COUNTRY, _ID))),
    "packed": Compound(_read_packed, _write_packed, _parts((_X, _Y, _THETA))),
    "neighbours": _pairs(_NEIGHBOUR, _COUNT, ","),
    "polygon": Compound(_read_polygon, _write_polygon, _parts((_PX, _PY))),
    "vertices": Compound(_read_vertices, _write_vertices, _parts((_VX, _VY))),
    "each": Compound(_read_each, _write_each, lambda base, path: list(find_all(base, path))),
}
"""Of single items; the last item of a field where it may stand for several."""
OPEN_ENDED = frozenset({"neighbours", "vertices", "each"})


_FIRST_TYPE, _QUANTITY = _steps("ContentFirstRecordCategoryCode", "ContentRecordQuantity")
_LISTED, _LISTED_TYPE, _LISTED_IDC = _steps(
    "ContentRecordSummary", "RecordCategoryCode", "ImageReferenceIdentification/nc:IdentificationID"
)


def _read_contents(base: Element) -> Subfields:
    first = (_text(find(base, _FIRST_TYPE)) or "1", _text(find(base, _QUANTITY)))
    rest = [(_text(find(one, _LISTED_TYPE)), _text(find(one, _LISTED_IDC))) for one in find_all(base, _LISTED)]
    return (first, *rest)


def _write_contents(base: Element, content: Subfields, order: Order) -> bool:
    first, *rest = content
    make(base, _FIRST_TYPE, order).text = first[0]
    make(base, _QUANTITY, order).text = first[1] if len(first) > 1 else ""
    for items in rest:
        one = add(base, _LISTED[0], order)
        make(one, _LISTED_IDC, order).text = items[1] if len(items) > 1 else ""
        make(one, _LISTED_TYPE, order).text = items[0].lstrip("0") or "0"
    return True


_DETAIL, _METHOD, _RIDGE_ITEM = _steps(
    "MinutiaeRidgeCountDetail", "INCITSRidgeCountAlgorithmCode", "MinutiaeRidgeCountItem"
)
_OF_ITEM = _steps(
    "MinutiaIdentification/nc:IdentificationID", "MinutiaReferenceIdentification/nc:IdentificationID", "RidgeCountValue"
)


def _read_ridge_counts(base: Element) -> Subfields:
    details = list(find_all(base, _DETAIL))
    method = [(_text(find(one, _METHOD)), "0", "0") for one in details[:1]]
    items = [one for detail in details for one in find_all(detail, _RIDGE_ITEM)]
    return (*method, *(tuple(_text(find(one, path)) for path in _OF_ITEM) for one in items))


def _write_ridge_counts(base: Element, content: Subfields, order: Order) -> bool:
    first, *rest = content
    detail = add(base, _DETAIL[0], order)
    make(detail, _METHOD, order).text = first[0]
    for items in rest:
        one = add(detail, _RIDGE_ITEM[0], order)
        for path, text in zip(_OF_ITEM, items, strict=False):
            make(one, path, order).text = text
    return all(len(items) == len(_OF_ITEM) for items in content)


class WholeField(NamedTuple):
    """How a field is read and written whose subfields are not one element each."""

    read: Callable[[Element], Subfields]
    write: Callable[[Element, Subfields, Order], bool]
    leaves: Callable[[Element], list[Element]]


WHOLE_FIELDS: Mapping[str, WholeField] = {
    "contents": WholeField(_read_contents, _write_contents, lambda base: list(base.leaves())),
    "ridge_counts": WholeField(
        _read_ridge_counts,
        _write_ridge_counts,
        lambda base: [leaf for detail in find_all(base, _DETAIL) for leaf in detail.leaves()],
    ),
}
