"""A rule that a transaction breaks, with the code with which it would be refused."""

from __future__ import annotations

from typing import NamedTuple

from fingerprint_engine.exchange.interpol.codes import ERRORS

CONTRADICTIONS = {
    1: "namespace http://interpol.gov/int-i/1.0, which the table of fields has at interpol.int",
    2: "version of the domain written as 06.00, which the table has as 0600",
    3: "category of a record with a leading zero, which the table lists as invalid",
    4: "universal time with an offset, which the table has with Z only",
    5: "sex X, which the table does not have",
    6: "an IDC that several records share",
    7: "elements in another place than the table has them",
    8: "itl:FingerprintImage, which the table has as biom:FingerImpressionImage",
    9: "elements that the table calls ignored, or excludes beside each other",
}
"""Where INTERPOL's own sample transactions contradict its table of fields: tolerated when reading, never written."""


class Violation(NamedTuple):
    """A broken rule.

    Parameters
    ----------
    code
        Of `codes.ERRORS`.
    record
        Place of the record; 0 is Type-1.
    field
        Such as ``"2.039"``.
    text
        What was expected and found; never a value of a person's.
    contradiction
        Number in `CONTRADICTIONS` where INTERPOL's own samples do the same; 0 for none.
    """

    code: int
    record: int
    field: str
    text: str
    contradiction: int = 0

    def __str__(self) -> str:
        known = f" (as in INTERPOL's samples, {self.contradiction})" if self.contradiction else ""
        return f"{self.code:03d} {ERRORS[self.code]}: record {self.record + 1}, {self.field}: {self.text}{known}"
