"""What a mapping between a format and the engine's types could not carry over: reported, and refused in strict mode."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from fingerprint_engine.errors import LossRefused

Value = TypeVar("Value")


class Mapped(NamedTuple, Generic[Value]):
    """What a mapping made, and one sentence per thing that it lost."""

    value: Value
    losses: tuple[str, ...]


class Losses:
    """Collects losses, each once."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, sentence: str, *, when: bool = True) -> None:
        """Note a loss, if there is one."""
        if when:
            self._found[sentence] = None

    def __len__(self) -> int:
        return len(self._found)

    def extend(self, other: Losses) -> None:
        """Take over the losses of another mapping."""
        self._found.update(other._found)

    def settle(self, value: Value, *, strict: bool) -> Mapped[Value]:
        """The mapped value with its losses.

        Raises
        ------
        LossRefused
            In strict mode, when there is any loss.
        """
        losses = tuple(self._found)
        if strict and losses:
            raise LossRefused(losses)
        return Mapped(value, losses)
