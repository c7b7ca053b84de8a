"""What INT-I 6.00 says of each field of Type-2: a line a field.

``NUMBER MNEMONIC ITEMS LENGTH OCCURRENCES REQUIRED ALLOWED [KIND]``. ``ITEMS`` is how many there may be, ``LENGTH`` of
each item, from and to. ``REQUIRED`` names the types of transaction that must have the field, ``ALLOWED`` those that
may; ``*`` is all of them, ``-`` none. ``KIND`` is a name of `KINDS`.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.interpol.codes import (
    CIVIL_REASONS,
    OFFENCES,
    RESULT_MODES,
    SEXES,
    TRANSACTIONS,
)

_TABLE = """
4 DAR 1-1 8-15 1 - * when
5 DLU 1-1 8-15 1 - * when
7 CNO 1-1 1-36 1 MPS MPS,SRE reference
8 SQN 1-1 1-32 1 MPS MPS,SRE identifier
9 MID 1-1 1-32 1 MPS MPS,SRE identifier
10 CRN 1-1 1-36 1 - CPS,NPS,ATP,SRE reference
11 ORN 1-1 1-36 10 - * reference
12 MN1 1-2 0-32 1 - *
13 MN2 1-2 0-32 1 - *
14 MN3 1-2 0-32 1 - *
15 MN4 1-2 0-32 1 - *
16 MN5 1-2 0-32 1 - *
19 DPR 1-1 8-15 1 - * when
21 RFP 1-1 2-3 99 - CPS,MPS,ATP,SRE offence
22 POA 1-8 0-256 1 - CPS,MPS,ATP,SRE
23 OBU 1-10 0-256 1 - *
30 NAM 1-7 0-128 1 ATP CPS,NPS,ATP,SRE
34 AKA 1-7 0-128 99 - CPS,NPS,ATP,SRE
35 DOB 1-1 4-15 1 - CPS,NPS,ATP,SRE when
36 DBR 2-2 4-15 1 - CPS,NPS,ATP,SRE when
37 POB 1-8 0-256 1 - CPS,NPS,ATP,SRE
38 NAT 1-1 3-3 99 ATP CPS,NPS,ATP,SRE country
39 SEX 1-1 1-1 1 CPS,ATP CPS,NPS,ATP,SRE sex
54 OTY 1-1 1-128 7 - CPS,MPS,ATP,SRE
55 DOO 1-1 8-15 1 - CPS,MPS,ATP,SRE when
56 DOR 2-2 8-15 1 - CPS,MPS,ATP,SRE when
63 INF 1-4 0-64 1 - *
64 RLS 2-5 0-12 1 SRE SRE
74 ERM 2-3 0-128 99 ERR ERR
75 FFN 1-7 0-128 1 - CPS,NPS,ATP,SRE
76 MMN 1-7 0-128 1 - CPS,NPS,ATP,SRE
77 LMP 2-2 1-2 99 - SRE number
90 IRN 1-1 1-32 1 - *
91 NPI 1-1 1-36 1 - * reference
92 EXP 1-1 8-8 1 - * day
93 LID 1-1 1-128 1 - * latent
94 RDM 1-1 2-2 1 - * mode
95 CRF 1-1 2-3 1 - CPS,NPS,ATP,SRE civil
96 COT 1-1 1-128 1 - CPS,NPS,ATP,SRE
"""
_LINE = re.compile(r"(\d+) (\w+) (\d+)-(\d+) (\d+)-(\d+) (\d+) (\S+) (\S+)(?: (\w+))?")
_DAY = re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)
_WHEN = re.compile(r"\d{4}|\d{6}|\d{4}(0[0-9]|1[0-2])([012]\d|3[01])(([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{3}")
_REFERENCE = re.compile(r"[A-Z]{3}/[A-Za-z0-9/,\- ]{1,32}")
_IDENTIFIER = re.compile(r"[\w/.,\- ]+")


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


KINDS: Mapping[str, tuple[int, str, Callable[[str], bool]]] = {
    "when": (114, "a date or a date and time", _matches(_WHEN)),
    "day": (112, "a date", _matches(_DAY)),
    "country": (115, "three capital letters of ISO 3166-1", _matches(_COUNTRY)),
    "reference": (111, "a country of three letters, a bar and up to 32 characters", _matches(_REFERENCE)),
    "identifier": (111, "letters, digits and / . , -", _matches(_IDENTIFIER)),
    "latent": (111, "letters, digits and / . -", _matches(_IDENTIFIER)),
    "number": (108, "a number", lambda text: text.isascii() and text.isdigit()),
    "offence": (115, "a code of offences", OFFENCES.__contains__),
    "civil": (115, "a code of civil reasons", CIVIL_REASONS.__contains__),
    "mode": (115, f"one of {', '.join(RESULT_MODES)}", RESULT_MODES.__contains__),
    "sex": (115, f"one of {', '.join(sorted(SEXES))}", SEXES.__contains__),
}
"""Kinds of items: the code of what is wrong, what is expected, and whether a text is of the kind."""


@dataclasses.dataclass(frozen=True, slots=True)
class FieldRule:
    """What is said of a field: numbers are limits, from and to."""

    number: int
    mnemonic: str
    items: tuple[int, int]
    length: tuple[int, int]
    occurrences: int
    required: frozenset[str]
    allowed: frozenset[str]
    kind: str


@functools.cache
def field_rules() -> Mapping[int, FieldRule]:
    """The rules by number."""
    found = {}
    for text in _TABLE.strip().splitlines():
        match = _LINE.fullmatch(text)
        if match is None:
            raise ExchangeError(f"table of rules: unreadable line {text!r}")
        number, mnemonic, *limits, required, allowed, kind = match.groups()
        a, b, c, d, e = map(int, limits)
        rule = FieldRule(int(number), mnemonic, (a, b), (c, d), e, _types(required), _types(allowed), kind or "")
        found[rule.number] = rule
    return found


def _types(text: str) -> frozenset[str]:
    if text == "*":
        return frozenset(TRANSACTIONS)
    return frozenset(() if text == "-" else text.split(","))
