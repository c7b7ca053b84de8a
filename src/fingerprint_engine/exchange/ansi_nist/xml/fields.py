"""The fields of a record's element, and the element of a record's fields."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from fingerprint_engine.exchange.ansi_nist.tables.values import Content
from fingerprint_engine.exchange.ansi_nist.xml.compound import COMPOUNDS, OPEN_ENDED, WHOLE_FIELDS
from fingerprint_engine.exchange.ansi_nist.xml.mapping import FieldElements, Item, elements_of
from fingerprint_engine.exchange.ansi_nist.xml.spelling import SPELLINGS, is_day
from fingerprint_engine.exchange.ansi_nist.xml.tree import Order, add, find, find_all, make, remove
from fingerprint_engine.exchange.markup import Element

Lines = Sequence[FieldElements]


def read_content(element: Element, lines: Lines) -> Content | None:
    """What the field of these lines says in a record's element; None where it is absent."""
    carried: list[tuple[str, ...]] = []
    for line in lines:
        bases = list(find_all(element, line.path))
        if line.carried:
            carried.extend(tuple(leaf.text.strip() for leaf in base.leaves() if leaf.data is None) for base in bases)
            continue
        found: list[tuple[str, ...]] = []
        for base in bases:
            whole = WHOLE_FIELDS.get(line.items[0].spelling)
            if whole is not None:
                found.extend(whole.read(base))
            elif line.items[0].spelling == "data":
                return base.data if base.data is not None else b""
            elif (items := _read_items(base, line.items)) is not None:
                found.append(items)
        if found:
            return tuple(found)
    kept = tuple(items or ("",) for items in carried)
    return kept or None


def leaves_of(element: Element, lines: Lines) -> list[Element]:
    """The elements without children that these lines read."""
    found: list[Element] = []
    for line in lines:
        for base in find_all(element, line.path):
            if line.carried or line.shared:
                found.extend(base.leaves())
                continue
            whole = WHOLE_FIELDS.get(line.items[0].spelling)
            if whole is not None:
                found.extend(whole.leaves(base))
                continue
            for item in line.items:
                if item.spelling in COMPOUNDS:
                    found.extend(COMPOUNDS[item.spelling].leaves(base, item.path))
                elif (leaf := find(base, item.path)) is not None and not leaf.children:
                    found.append(leaf)
    return found


def write_content(element: Element, lines: Lines, content: Content, order: Order) -> bool:
    """Put a field's content into a record's element as the first of its lines has it; whether all has a place."""
    line = lines[0]
    if line.carried:
        return _write_carried(element, lines, content)
    if isinstance(content, bytes):
        if line.items[0].spelling != "data":
            return False
        make(element, line.path, order).data = content
        return True
    if line.items[0].spelling == "data":
        return False
    whole = WHOLE_FIELDS.get(line.items[0].spelling)
    if whole is not None:
        return whole.write(make(element, line.path, order), content, order)
    complete = line.repeats or len(content) == 1
    for items in content if line.repeats else content[:1]:
        if line.repeats:
            base = add(make(element, line.path[:-1], order), line.path[-1], order)
        else:
            base = make(element, line.path, order)
        complete &= _write_items(base, line.items, items, order)
    return complete


def remove_content(element: Element, lines: Lines) -> None:
    """Take the elements of a field out of a record's element."""
    remove(element, leaves_of(element, [line for line in lines if not line.carried]))


def _read_items(base: Element, items: Sequence[Item]) -> tuple[str, ...] | None:
    """Texts of all items up to the last that is there; None where none is."""
    texts: list[str] = []
    present = 0
    for item in items:
        compound = COMPOUNDS.get(item.spelling)
        if compound is not None:
            found = compound.read(base, item.path)
            texts.extend(found or (() if item.spelling in OPEN_ENDED else ("",)))
            present = len(texts) if found else present
            continue
        leaf = find(base, item.path)
        texts.append("" if leaf is None else SPELLINGS[item.spelling][0](leaf.text.strip()))
        present = len(texts) if leaf is not None and not leaf.children else present
    return tuple(texts[:present]) if present else None


def _write_items(base: Element, items: Sequence[Item], texts: Sequence[str], order: Order) -> bool:
    complete = True
    left = list(texts)
    for item in items:
        if not left:
            break
        compound = COMPOUNDS.get(item.spelling)
        if item.spelling in OPEN_ENDED and compound is not None:
            return compound.write(base, item.path, left, order) and complete
        text = left.pop(0)
        if not text and len(items) > 1:
            continue
        if compound is not None:
            complete &= compound.write(base, item.path, [text], order)
            continue
        path = item.path
        if item.spelling == "when" and path and not is_day(text):
            path = (*path[:-1], tuple(name for name in path[-1] if name.local != "Date"))
        make(base, path, order).text = SPELLINGS[item.spelling][1](text)
    return complete and not left


def _write_carried(element: Element, lines: Lines, content: Content) -> bool:
    """New texts for the leaves that are there: a field that is only carried keeps its form."""
    bases = [base for line in lines for base in find_all(element, line.path)]
    leaves = [[leaf for leaf in base.leaves() if leaf.data is None] for base in bases]
    if isinstance(content, bytes) or [max(1, len(one)) for one in leaves] != [len(items) for items in content]:
        return False
    for one, items in zip(leaves, content, strict=True):
        for leaf, text in zip(one, items, strict=False):
            leaf.text = text
    return True


@functools.cache
def order_of(record_type: int, domain: str) -> Order:
    """The place of each element's name among its siblings: in the order in which the tables name them."""
    order: dict[object, int] = {}
    table: Mapping[int, Lines] = elements_of(record_type, domain)
    for lines in table.values():
        for line in lines:
            for path in (line.path, *(item.path for item in line.items)):
                for step in path:
                    for name in step:
                        order.setdefault(name, len(order))
    return order  # type: ignore[return-value]
