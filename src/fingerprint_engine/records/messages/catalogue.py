"""`Messages`: the texts of one language, read from a file of the package."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.parameters import one_of

LANGUAGES = ("en", "es", "fr", "it", "pt")


@dataclasses.dataclass(frozen=True, slots=True)
class Messages:
    """Texts by name, in one language."""

    language: str
    texts: Mapping[str, str]

    def say(self, name: str, **values: object) -> str:
        """A text with its values filled in.

        Parameters
        ----------
        name
            Such as ``check.same``.
        values
            What stands in braces in the text; numbers are written plainly.

        Raises
        ------
        RecordsError
            When there is no such text, or a value of it is missing.
        """
        try:
            return self.texts[name].format_map({key: _written(value) for key, value in values.items()})
        except KeyError as error:
            raise RecordsError(f"message: expected a text and all its values, {error} is missing") from None


def messages(language: str) -> Messages:
    """The texts of a language.

    Raises
    ------
    RecordsError
        When it is not one of `LANGUAGES`.
    """
    return _read(one_of(language, "language", LANGUAGES, RecordsError))


@functools.lru_cache(maxsize=len(LANGUAGES))
def _read(language: str) -> Messages:
    data = resources.files("fingerprint_engine.records.messages").joinpath(f"{language}.toml").read_text("utf-8")
    texts = {f"{room}.{name}": text for room, names in tomllib.loads(data).items() for name, text in names.items()}
    return Messages(language, MappingProxyType(texts))


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)
