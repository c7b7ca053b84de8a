"""Errors: one root, nothing lost in pickling."""

import pickle

import pytest

from fingerprint_engine import errors


def _sample(kind: type[BaseException]) -> BaseException:
    if kind is errors.FailureToExtract:
        return errors.FailureToExtract(errors.FailureReason.NO_CONTRAST, "expected 5, found 1", {"contrast": 1.0})
    if kind is errors.LimitExceeded:
        return errors.LimitExceeded("pixels", 200, 300, "a.png")
    if kind is errors.BundleRefused:
        return errors.BundleRefused(errors.Refusal.ALTERED, "expected 5, found 1", 3)
    if kind is errors.MissingExtra:
        return errors.MissingExtra("pictures need matplotlib", "plots")
    return kind("expected 5, found 1")


ERRORS = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BaseException) and value.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling(kind):
    error = _sample(kind)
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert str(back) == str(error)
    assert back.args == error.args


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_the_root(kind):
    assert issubclass(kind, errors.FingerprintEngineError | errors.FingerprintEngineWarning)


def test_failure_to_extract_carries_reason_detail_and_measures():
    error = pickle.loads(pickle.dumps(_sample(errors.FailureToExtract)))
    assert error.reason is errors.FailureReason.NO_CONTRAST
    assert error.detail == "expected 5, found 1"
    assert error.measures == {"contrast": 1.0}
    assert str(error) == "no contrast: expected 5, found 1"
    with pytest.raises(TypeError):
        error.measures["contrast"] = 2.0


def test_a_missing_extra_says_what_to_install():
    error = errors.MissingExtra("pictures need matplotlib", "plots")
    expected = "pictures need matplotlib, which is not installed: pip install 'fingerprint-matching-engine[plots]'"
    assert str(error) == expected
    assert (error.need, error.extra) == ("pictures need matplotlib", "plots")


def test_unknown_key_reads_as_its_message():
    assert str(errors.UnknownKey("no such key")) == "no such key"  # a KeyError would show its repr
    assert str(errors.UnknownKey()) == ""


def test_an_exceeded_limit_names_itself_and_its_place():
    error = errors.LimitExceeded("pixels", 200_000, 300_000).at("record 3").at("a.an2")
    assert (error.limit, error.allowed, error.found) == ("pixels", 200_000, 300_000)
    assert str(error) == "a.an2: record 3: limit pixels: expected at most 200,000, found 300,000 or more"
    assert isinstance(error, errors.ImageError)
    assert isinstance(error, errors.ExchangeError)
