"""Text from outside is shown as it is or as escapes, and never does anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.text.shown import printable, printable_json, without_surrogates


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller, 人", "Müller, 人"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("row\n1  other  99.0", "row\\x0a1  other  99.0"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b2J", "\\u009b2J"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("a\u200bb\xa0c\U000e0041", "a\\u200bb\\u00a0c\\U000e0041"),
        ("\r\b\x7f", "\\x0d\\x08\\x7f"),
    ],
)
def test_what_is_not_seen_as_it_stands_becomes_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_else_comes_out(text: str) -> None:
    assert printable(text).isprintable()
    without_surrogates(text).encode("utf-8")
    line = printable_json({text: [text, 1.5]})
    assert line.isprintable()
    again = json.loads(line.encode("utf-8"))
    assert again == {without_surrogates(text): [without_surrogates(text), 1.5]}
