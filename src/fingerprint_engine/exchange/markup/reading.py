"""Bytes to a tree, with `expat` and limits."""

from __future__ import annotations

import binascii
import re
from collections.abc import Collection
from xml.parsers import expat

from fingerprint_engine.errors import FingerprintEngineError, LimitExceeded, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.markup.tree import Element, Name
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

MAX_DEPTH = 64
MAX_TAG_BYTES = 64 * 1024
"""Of one tag, comment or instruction: names and attributes of the known formats take some hundred bytes."""
MAX_ITEMS = 150_000
"""Elements and attributes: twice those of a record of the most minutiae; two seconds' work."""
_CHUNK = 64 * 1024
_COUNTED_TOGETHER = 256
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|[A-Za-z_])")
_ROOT = re.compile(r"<(?!\?|!)(?:[^\s<>/:]+:)?([^\s<>/:]+)")
_BASE64_SPACE = str.maketrans("", "", " \t\r\n")
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def is_markup(head: bytes) -> bool:
    """Whether the bytes begin like an XML document in UTF-8, ASCII or UTF-16."""
    return _HEAD.match(head) is not None or _HEAD.match(_narrowed(head)) is not None


def root_name(head: bytes) -> str:
    """The local name of the first element that begins in these bytes; empty where none does."""
    text = _narrowed(head).decode("utf-8", "replace")
    found = _ROOT.search(re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL))
    return "" if found is None else found[1]


def parse(
    data: bytes, budget: Budget, remarks: Remarks, *, base64: Collection[str] = ()
) -> tuple[Element, dict[str, str]]:
    """Read a document.

    Parameters
    ----------
    data
        The whole file.
    budget
        Elements and attributes count as items.
    remarks
        Where faults go that can be tolerated; its clause names the standard in errors.
    base64
        Local names of elements whose text is base64.

    Returns
    -------
    root, prefixes
        The document's element, and the prefix of each namespace as it was first declared.

    Raises
    ------
    LimitExceeded
        When it has more bytes or elements than the budget allows.
    UnsupportedRecord
        When it declares a document type.
    MalformedRecord
        When it is not well-formed, too deep, or a tag is too long.
    """
    budget.need("file_bytes", len(data))
    builder = _Builder(budget, remarks, frozenset(base64))
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = _CHUNK
    parser.ordered_attributes = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartNamespaceDeclHandler = builder.declare
    parser.StartDoctypeDeclHandler = builder.doctype
    builder.parser = parser
    view = memoryview(data)
    try:
        for at in range(0, len(data), _CHUNK):
            budget.check_time()
            parser.Parse(view[at : at + _CHUNK], False)
            if min(at + _CHUNK, len(data)) - parser.CurrentByteIndex > MAX_TAG_BYTES + _CHUNK:
                raise builder.malformed(f"expected tags of at most {MAX_TAG_BYTES} bytes")
        parser.Parse(b"", True)
        builder.settle()
    except FingerprintEngineError:
        raise
    except expat.ExpatError as error:
        reason = f"expected well-formed XML, found: {expat.ErrorString(error.code)}"
        raise MalformedRecord(reason, max(parser.ErrorByteIndex, 0), "", remarks.clause) from None
    except (UnicodeError, LookupError, ValueError):
        raise builder.malformed("expected text in UTF-8 or UTF-16") from None
    if builder.root is None:
        raise MalformedRecord("expected an element, found none", 0, "", remarks.clause)
    return builder.root, builder.prefixes


class _Builder:
    """Makes elements of what the parser tells."""

    def __init__(self, budget: Budget, remarks: Remarks, base64: frozenset[str]) -> None:
        self.parser: expat.XMLParserType | None = None
        self.root: Element | None = None
        self.prefixes: dict[str, str] = {}
        self._budget = budget
        self._remarks = remarks
        self._base64 = base64
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._decoder: _Base64 | None = None
        self._unspent = self._counted = 0

    def settle(self) -> None:
        """Count what was made against the budget."""
        self._budget.spend("items", self._unspent)
        self._unspent = 0

    def declare(self, prefix: str | None, address: str | None) -> None:
        """A namespace is declared."""
        self._count(1)
        self.prefixes.setdefault(address or "", prefix or "")

    def doctype(self, *_: object) -> None:
        """A document type: it could define entities."""
        raise UnsupportedRecord(f"{self._remarks.clause}: a document type (DOCTYPE) is not read")

    def start(self, name: str, attributes: list[str]) -> None:
        """An element begins."""
        self._count(1 + len(attributes) // 2)
        if len(self._open) >= MAX_DEPTH:
            raise self.malformed(f"expected a depth of at most {MAX_DEPTH}")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        made = Element(_name(name), attributes={_name(one): value for one, value in pairs})
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
        self._open.append(made)
        self._texts.append([])
        self._decoder = _Base64() if made.name.local in self._base64 else None

    def characters(self, text: str) -> None:
        """Text, in parts."""
        if self._decoder is not None:
            self._decoder.feed(text)
        elif not text.isspace() or len(self._texts[-1]) > 0:
            self._texts[-1].append(text)

    def end(self, _: str) -> None:
        """An element ends."""
        made, texts = self._open.pop(), self._texts.pop()
        if self._decoder is not None:
            made.data, sound = self._decoder.finish()
            if not sound:
                self._remarks.note("expected base64, found another character or a cut end", self._offset(), "base64")
            self._decoder = None
            return
        text = "".join(texts)
        if made.children and text.strip():
            self._remarks.note("expected elements only, found text between them", self._offset(), made.name.local)
        made.text = "" if made.children else text

    def _count(self, items: int) -> None:
        self._unspent += items
        self._counted += items
        if self._counted > MAX_ITEMS:
            raise LimitExceeded("items", MAX_ITEMS, self._counted)
        if self._unspent >= _COUNTED_TOGETHER:
            self.settle()

    def malformed(self, reason: str) -> MalformedRecord:
        """The error to raise about the place that was reached."""
        return MalformedRecord(reason, self._offset(), "", self._remarks.clause)

    def _offset(self) -> int:
        return max(self.parser.CurrentByteIndex, 0) if self.parser is not None else 0


class _Base64:
    """Decodes base64 that comes in parts; characters of no alphabet are passed over and noticed."""

    def __init__(self) -> None:
        self._decoded = bytearray()
        self._rest = ""
        self._sound = True
        self._ended = False

    def feed(self, text: str) -> None:
        """Take a part."""
        text = self._rest + text.translate(_BASE64_SPACE)
        whole = len(text) & ~3
        self._rest = text[whole:]
        self._decode(text[:whole])

    def finish(self) -> tuple[bytes, bool]:
        """All bytes, and whether every character was right."""
        if self._rest:
            self._sound = False
            self._decode(self._rest + "=" * (-len(self._rest) % 4) if len(self._rest) > 1 else "")
        return bytes(self._decoded), self._sound

    def _decode(self, text: str) -> None:
        if not text:
            return
        if self._ended:
            self._sound = False
            return
        self._ended = text.endswith("=")
        try:
            self._decoded += binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
        except (binascii.Error, UnicodeEncodeError):
            self._sound = False
            try:
                self._decoded += binascii.a2b_base64(text.encode("ascii", "ignore") + b"==")
            except binascii.Error:
                return


def _name(text: str) -> Name:
    namespace, _, local = text.rpartition(" ")
    return Name(namespace, local)


def _narrowed(head: bytes) -> bytes:
    """The bytes, or what they say where they begin like UTF-16, in UTF-8."""
    codec = _UTF_16.get(head[:2])
    if codec is None:
        return head
    return head[2 : len(head) & ~1].decode(codec, "replace").encode("utf-8", "replace")
