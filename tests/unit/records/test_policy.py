"""Policy files: what they say, and every way in which they can be wrong."""

import datetime

import pytest

from fingerprint_engine.errors import InvalidPolicy
from fingerprint_engine.records.policy import Anchor, Term, default_policy, load_policy, parse_policy

SMALL = """
[purposes.admission]
may_search = ["remand", "wanted"]
may_enrol = ["remand"]
[purposes.court]
may_search = ["remand"]
may = ["audit"]
[retention.remand]
restricted_after = "P1Y from release"
erased_after = "P2Y from release"
restricted_purposes = ["court"]
[retention.wanted]
erased_after = "P5Y from last encounter"
"""


def test_a_policy_says_who_may_do_what_with_whom():
    policy = parse_policy(SMALL)
    assert policy.allows("admission", "enrol", "remand", "active")
    assert not policy.allows("admission", "enrol", "wanted", "active")
    assert not policy.allows("admission", "search", "remand", "restricted")
    assert policy.allows("court", "search", "remand", "restricted")
    assert not policy.allows("picnic", "search", "remand", "active")
    assert policy.searchable("admission") == ({"remand", "wanted"}, frozenset())
    assert policy.searchable("court") == ({"remand"}, {"remand"})
    assert policy.searchable("admission", {"wanted"}) == ({"wanted"}, frozenset())
    assert policy.permits("court", "audit")
    assert not policy.permits("admission", "audit")


def test_visitors_cannot_be_searched_for_the_purposes_of_admission_in_the_example():
    assert "visitor" not in default_policy().searchable("admission")[0]
    assert default_policy().searchable("visit")[0] == {"visitor", "barred", "wanted"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("may_search", "may_serach", "'may_search'"),
        ('"wanted"]', '"wantd"]', "'wanted'"),
        ("[purposes.court]", "[porpoises.court]", "'purposes'"),
        ("[retention.wanted]", "[retention.foreign]", "retention.wanted: expected a term"),
        ('"P1Y from release"', '"1 year"', "such as 'P2Y from release'"),
        ('"P1Y from release"', '"P1Y"', "expected 'from'"),
        ('"P1Y from release"', '"P1Y from easter"', "'easter'"),
        ('"P1Y from release"', '"P from release"', "such as"),
        ('"P1Y from release"', '"P3Y from release"', "restriction before erasure"),
        ('restricted_purposes = ["court"]', 'restricted_purposes = ["courts"]', "'court'"),
        ('restricted_purposes = ["court"]', 'restricted_purposes = ["admission"]', "enrols"),
        ('may_enrol = ["remand"]', 'may_enrol = "remand"', "list of words"),
        ('may_enrol = ["remand"]', "may_enrol = [1]", "list of words"),
        ('may = ["audit"]', 'may = ["autid"]', "'audit'"),
        ("[purposes.admission]", "rates = 3\n[purposes.admission]", "to be a table"),
        ("[purposes.admission]", "[rates]\nmax_fmr = 2\n[purposes.admission]", "between 0 and 1"),
        ("[purposes.admission]", "[purposes.admission", "expected TOML"),
        ('erased_after = "P5Y from last encounter"', "", "nothing is kept for ever"),
        ("[retention.remand]", '[retention.log.picnic]\nerased_after = "P1M"\n[retention.remand]', "'picnic'"),
    ],
)
def test_a_mistake_is_an_error_that_says_what_was_expected(old, new, expected):
    assert old in SMALL
    with pytest.raises(InvalidPolicy) as error:
        parse_policy(SMALL.replace(old, new, 1))
    assert expected in str(error.value)


def test_files_that_are_no_policies_are_refused(tmp_path):
    path = tmp_path / "policy.toml"
    with pytest.raises(InvalidPolicy, match="cannot be read"):
        load_policy(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidPolicy, match="UTF-8"):
        load_policy(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InvalidPolicy, match="at most"):
        load_policy(path)
    with pytest.raises(InvalidPolicy, match="at least one"):
        parse_policy("")


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "{b = " * 50_000, "a = " + "9" * 50_000, "a.b" * 9])
def test_odd_toml_is_refused_by_type(text):
    with pytest.raises(InvalidPolicy):
        parse_policy(text)


def test_the_digest_is_of_what_it_says_and_not_of_how_it_is_written():
    assert parse_policy(SMALL).digest == parse_policy("# a remark\n" + SMALL).digest
    assert parse_policy(SMALL).digest != parse_policy(SMALL.replace("P5Y", "P6Y")).digest


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P1M", "2024-01-31", "2024-02-29"),
        ("P2Y", "2024-02-29", "2026-02-28"),
        ("P30D", "2026-12-31", "2027-01-30"),
        ("P1Y2M3D", "2026-11-30", "2028-02-02"),
        ("P9999Y", "2026-01-01", "9999-12-31"),
    ],
)
def test_terms_go_by_the_calendar(text, begin, end):
    start = datetime.datetime.fromisoformat(begin).replace(tzinfo=datetime.UTC)
    term = Term.parse(text, "here", anchor=Anchor.RECORDING)
    assert term.end(start).date().isoformat() == end
