"""A tree to bytes in UTF-8, one element a line."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.markup.tree import Element, Name

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_VALUE = _TEXT | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_TEXT_TABLE, _VALUE_TABLE = str.maketrans(_TEXT), str.maketrans(_VALUE)


def serialize(root: Element, prefixes: Mapping[str, str]) -> bytes:
    """Write a document; the root declares all namespaces.

    Parameters
    ----------
    root
        Its element.
    prefixes
        Of namespaces, those that are used at least in part; others get one by number.

    Raises
    ------
    ExchangeError
        Where text holds a character that XML has no way to write.
    """
    known = _prefixes(root, prefixes)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    declared = [
        f' xmlns{":" if prefix else ""}{prefix}="{_escaped(address, _VALUE_TABLE)}"'
        for address, prefix in known.items()
        if address
    ]
    _write(root, known, parts, "", "".join(declared))
    return "".join(parts).encode()


def _write(element: Element, prefixes: Mapping[str, str], parts: list[str], indent: str, declared: str = "") -> None:
    tag = _tag(element.name, prefixes)
    attributes = "".join(
        f' {_tag(name, prefixes)}="{_escaped(value, _VALUE_TABLE)}"' for name, value in element.attributes.items()
    )
    parts.append(f"{indent}<{tag}{declared}{attributes}>")
    if element.children:
        parts.append("\n")
        for child in element.children:
            _write(child, prefixes, parts, indent + "  ")
        parts.append(indent)
    elif element.data is not None:
        parts.append(base64.b64encode(element.data).decode("ascii"))
    else:
        parts.append(_escaped(element.text, _TEXT_TABLE))
    parts.append(f"</{tag}>\n")


def _prefixes(root: Element, given: Mapping[str, str]) -> dict[str, str]:
    """A prefix of its own for each namespace in use; names without one keep the empty prefix for themselves."""
    used: dict[str, bool] = {}
    stack = [root]
    while stack:
        element = stack.pop()
        used.setdefault(element.name.namespace, False)
        for name in element.attributes:
            if name.namespace not in ("", _XML_NAMESPACE):
                used[name.namespace] = True  # an attribute has no default namespace
        stack.extend(element.children)
    made: dict[str, str] = {_XML_NAMESPACE: "xml"} if _XML_NAMESPACE in used else {}
    taken = {""} if "" in used else set()
    for address, on_attributes in used.items():
        if address in ("", _XML_NAMESPACE):
            made.setdefault(address, "")
            continue
        prefix = given.get(address)
        if prefix is None or prefix in taken or (prefix == "" and on_attributes) or prefix.startswith("xml"):
            prefix = next(name for name in (f"ns{number}" for number in range(1, 1000)) if name not in taken)
        taken.add(prefix)
        made[address] = prefix
    return {address: prefix for address, prefix in made.items() if address != _XML_NAMESPACE}


def _tag(name: Name, prefixes: Mapping[str, str]) -> str:
    if name.namespace == _XML_NAMESPACE:
        return f"xml:{name.local}"
    prefix = prefixes.get(name.namespace, "") if name.namespace else ""
    return f"{prefix}:{name.local}" if prefix else name.local


def _escaped(text: str, table: Mapping[int, str]) -> str:
    if _FORBIDDEN.search(text):
        raise ExchangeError("XML: expected text without control characters")
    return text.translate(table)
