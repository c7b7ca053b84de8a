"""The catalogue: every language says everything, with the same values."""

import string

import pytest

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.records.messages import LANGUAGES, messages


def _values(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_values(language):
    english, other = messages("en").texts, messages(language).texts
    assert {name: _values(text) for name, text in other.items()} == {n: _values(t) for n, t in english.items()}
    if language != "en":
        same = [name for name in english if other[name] == english[name]]
        assert same == []


def test_values_are_filled_in_and_mistakes_are_errors():
    assert messages("es").say("case.title", case="C-1") == "Caso C-1"
    assert messages("en").say("check.disagreed", fingers=("a", "b")) == "Finger that disagrees: a, b."
    assert "0.00123" in messages("it").say("roll_call.missing", person="P", error=0.001234)
    with pytest.raises(RecordsError, match="language"):
        messages("tlh")
    with pytest.raises(RecordsError, match="missing"):
        messages("en").say("case.title")
    with pytest.raises(RecordsError, match="missing"):
        messages("en").say("case.tilte", case="C-1")
