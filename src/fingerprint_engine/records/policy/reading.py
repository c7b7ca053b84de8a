"""From a TOML file to a `Policy`: whatever is misspelt, missing or contradictory is an error."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from fingerprint_engine.errors import InvalidPolicy, LimitExceeded, NotARegularFile
from fingerprint_engine.records.documents import digest_of
from fingerprint_engine.records.policy.policy import LogTerms, Policy, Purpose, Rates, Retention
from fingerprint_engine.records.policy.terms import Anchor, Term
from fingerprint_engine.records.words import (
    CASE_KINDS,
    CATEGORIES,
    ENCOUNTER_KINDS,
    ENROL,
    EVIDENCE_KINDS,
    PERSON_ACTIONS,
    PROPOSAL_KINDS,
    REGISTRY_ACTIONS,
)
from fingerprint_engine.regular_files import read_regular

_DEFAULT = Path(__file__).with_name("default.toml")
_SECTIONS = ("rates", "decisions", "purposes", "retention", "exchange")
_LOGS = ("log", "audit", "images")
_MAX_BYTES = 1_000_000


def default_policy() -> Policy:
    """The policy that is used where none is given: an example to be adapted by whoever answers for the records."""
    return load_policy(_DEFAULT)


def load_policy(path: str | Path) -> Policy:
    """Read and check a policy file.

    Raises
    ------
    InvalidPolicy
        When it cannot be read or says something that a policy cannot say.
    """
    try:
        data = read_regular(path, _MAX_BYTES)
    except LimitExceeded as error:
        raise InvalidPolicy(f"{path}: expected at most {error.allowed:,} bytes, got {error.found:,}") from error
    except NotARegularFile as error:
        raise InvalidPolicy(str(error)) from error
    except OSError as error:
        raise InvalidPolicy(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return parse_policy(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise InvalidPolicy(f"{path}: expected UTF-8") from None


def parse_policy(text: str) -> Policy:
    """Check the text of a policy file.

    Raises
    ------
    InvalidPolicy
        With the place and what was expected there.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and a number of too many digits
        raise InvalidPolicy(f"policy: expected TOML: {error}") from None
    _known(document, _SECTIONS, "top")
    given = _table(document, "purposes", "top")
    purposes = {name: _purpose(name, _table(given, name, "purposes")) for name in given}
    if not purposes:
        raise InvalidPolicy("policy, purposes: expected at least one")
    section = _table(document, "retention", "top")
    _known(section, (*CATEGORIES, *_LOGS), "retention")
    retention = {
        name: _retention(name, _table(section, name, "retention"), purposes) for name in CATEGORIES if name in section
    }
    used = {one for purpose in purposes.values() for allowed in purpose.allowed.values() for one in allowed}
    for name in sorted(used - set(retention)):
        raise InvalidPolicy(f"policy, retention.{name}: expected a term, because a purpose names this category")
    decisions = _table(document, "decisions", "top")
    _known(decisions, ("two_examiners",), "decisions")
    two = _words(decisions, "two_examiners", (*PROPOSAL_KINDS, *CASE_KINDS), "decisions")
    rates, evidence = _rates(_table(document, "rates", "top")), _evidence(_table(document, "exchange", "top"))
    return Policy(purposes, retention, _logs(section), rates, two, evidence, digest_of(document))


def _purpose(name: str, given: Mapping[str, Any]) -> Purpose:
    where = f"purposes.{name}"
    _known(given, (*(f"may_{action}" for action in PERSON_ACTIONS), "may"), where)
    allowed = {action: _words(given, f"may_{action}", CATEGORIES, where) for action in PERSON_ACTIONS}
    return Purpose(name, allowed, _words(given, "may", REGISTRY_ACTIONS, where))


def _retention(name: str, given: Mapping[str, Any], purposes: Mapping[str, Purpose]) -> Retention:
    where = f"retention.{name}"
    _known(given, ("restricted_after", "erased_after", "restricted_purposes"), where)
    if "erased_after" not in given:
        raise InvalidPolicy(f"policy, {where}.erased_after: expected a term: nothing is kept for ever")
    erased = Term.parse(given["erased_after"], f"{where}.erased_after")
    restricted = None
    if "restricted_after" in given:
        restricted = Term.parse(given["restricted_after"], f"{where}.restricted_after")
        if restricted.anchor is erased.anchor and _length(restricted) > _length(erased):
            raise InvalidPolicy(f"policy, {where}: expected restriction before erasure, got {restricted} and {erased}")
    named = _words(given, "restricted_purposes", tuple(purposes), where)
    if any(name in purposes[one].allowed[ENROL] for one in named):
        raise InvalidPolicy(f"policy, {where}.restricted_purposes: a purpose that enrols cannot be one of them")
    return Retention(restricted, erased, named)


def _logs(section: Mapping[str, Any]) -> LogTerms:
    log = _table(section, "log", "retention")
    _known(log, ENCOUNTER_KINDS, "retention.log")
    events = {
        kind: _term(_table(log, kind, "retention.log"), f"retention.log.{kind}", Anchor.RECORDING) for kind in log
    }
    single = {
        name: _term(_table(section, name, "retention"), f"retention.{name}", Anchor.RECORDING)
        if name in section
        else None
        for name in ("audit", "images")
    }
    return LogTerms(events, single["audit"], single["images"])


def _term(given: Mapping[str, Any], where: str, anchor: Anchor) -> Term:
    _known(given, ("erased_after",), where)
    return Term.parse(given.get("erased_after"), f"{where}.erased_after", anchor=anchor)


def _rates(given: Mapping[str, Any]) -> Rates:
    names = tuple(Rates.__dataclass_fields__)
    _known(given, names, "rates")
    for name in given:
        rate = given[name]
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.0 < rate < 1.0:
            raise InvalidPolicy(f"policy, rates.{name}: expected a number between 0 and 1, got {rate!r}")
    return Rates(**{name: float(given[name]) for name in given})


def _evidence(given: Mapping[str, Any]) -> str:
    _known(given, ("evidence",), "exchange")
    word = given.get("evidence", "none")  # what nobody has allowed does not leave
    if word not in EVIDENCE_KINDS:
        raise InvalidPolicy(f"policy, exchange.evidence: expected one of {', '.join(EVIDENCE_KINDS)}, got {word!r}")
    return str(word)


def _table(given: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise InvalidPolicy(f"policy, {where}: expected {name} to be a table, got {type(value).__name__}")
    return value


def _words(given: Mapping[str, Any], name: str, known: Collection[str], where: str) -> frozenset[str]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise InvalidPolicy(f"policy, {where}.{name}: expected a list of words, got {value!r}")
    _known(value, known, f"{where}.{name}")
    return frozenset(value)


def _known(words: Collection[str], known: Collection[str], where: str) -> None:
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, 1)
            hint = f"; {near[0]!r}?" if near else ""
            raise InvalidPolicy(f"policy, {where}: unknown word {word!r}{hint} Known: {', '.join(sorted(known))}")


def _length(term: Term) -> int:
    return 366 * term.years + 31 * term.months + term.days
