"""`PackedPrints`: enrolled templates in enrolment order, packed in chunks for the matcher."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_engine.template import Template, TemplateBatch

CHUNK_PRINTS = 1024
"""Chosen: a change repacks at most so many (about 5 MB), and a batch this long hides the cost of a call."""


class _Chunk:
    __slots__ = ("batch", "templates")

    def __init__(self) -> None:
        self.templates: dict[str, Template] = {}
        self.batch: TemplateBatch | None = None


class PackedPrints:
    """Templates by key. Not safe to change from two threads at once; what `batches` returned stays valid."""

    def __init__(self) -> None:
        self._chunks: dict[int, _Chunk] = {}
        self._chunk_of: dict[str, int] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._chunk_of)

    def __contains__(self, key: object) -> bool:
        return key in self._chunk_of

    def __iter__(self) -> Iterator[str]:
        for chunk in self._chunks.values():
            yield from chunk.templates

    def get(self, key: str) -> Template | None:
        """The template of a key, None when there is none."""
        number = self._chunk_of.get(key)
        return None if number is None else self._chunks[number].templates[key]

    def any_template(self) -> Template | None:
        """One of the templates, None when there is none."""
        return next((template for chunk in self._chunks.values() for template in chunk.templates.values()), None)

    def put(self, key: str, template: Template) -> None:
        """Add at the end; a template under the same key is removed first."""
        self.discard(key)
        chunk = self._chunks.get(self._last)
        if chunk is None or len(chunk.templates) >= CHUNK_PRINTS:
            self._last += 1
            chunk = self._chunks[self._last] = _Chunk()
        chunk.templates[key] = template
        chunk.batch = None
        self._chunk_of[key] = self._last

    def discard(self, key: str) -> None:
        """Remove, when there."""
        number = self._chunk_of.pop(key, None)
        if number is None:
            return
        chunk = self._chunks[number]
        del chunk.templates[key]
        chunk.batch = None
        if not chunk.templates:
            del self._chunks[number]

    def batches(self) -> list[tuple[tuple[str, ...], TemplateBatch]]:
        """All keys and packed templates, in enrolment order, as they are now."""
        packed = []
        for chunk in self._chunks.values():
            if chunk.batch is None:
                chunk.batch = TemplateBatch.of(chunk.templates.values())
            packed.append((tuple(chunk.templates), chunk.batch))
        return packed
