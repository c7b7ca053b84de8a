"""Codes of INT-I 6.00: transactions, error codes, offences, civil reasons, ways to determine a result."""

from __future__ import annotations

from collections.abc import Mapping

REQUESTS: Mapping[str, str] = {
    "CPS": "criminal print search",
    "NPS": "non-criminal print search",
    "MPS": "latent print search",
    "ATP": "add to print collection",
}
RESPONSES: Mapping[str, str] = {"SRE": "search result", "ERR": "error"}
TRANSACTIONS: Mapping[str, str] = {**REQUESTS, **RESPONSES}
OLD_TRANSACTIONS = frozenset({"CPS", "PMS", "MPS", "MMS", "SRE", "ERR"})
"""Of the traditional form 4.22, which the annex of Prüm has."""

ERRORS: Mapping[int, str] = {
    1: "record not found",
    2: "record exists",
    3: "unauthorised",
    101: "mandatory field missing",
    102: "invalid record type",
    103: "undefined field",
    104: "too many occurrences",
    105: "number of sub-elements",
    106: "too short",
    107: "too long",
    108: "not a number",
    109: "too small",
    110: "too big",
    111: "invalid character",
    112: "invalid date",
    113: "invalid time",
    114: "invalid date and time",
    115: "invalid value",
    116: "invalid type of transaction",
    117: "invalid record data",
    118: "invalid image size",
    201: "invalid control number",
    501: "insufficient quality of prints",
    502: "missing prints",
    503: "sequence check failed",
    999: "other",
}
"""Of field 2.074, and of the rules here: a violation has the code with which a transaction would be refused."""

RESULT_MODES: Mapping[str, str] = {
    "AC": "confirmed by the system",
    "UC": "unconfirmed list of candidates",
    "QS": "quick search",
    "CO": "confirmed by a person",
    "SL": "silent",
}
CIVIL_REASONS = frozenset({"AMN", "CIT", "DEC", "IMM", "IU", "OTH", "VIS"})
OTHER_CIVIL, NOT_LISTED = "OTH", "NLC"
_OFFENCES = """
ICM IFA IFE IFL IHG IHH IHW III IIO IIP IIT IKA IKK IKP ILA ILB ILG ILM ILO ILT IOO IRO ISE ISP ISR ISS ITA ITB
ITC ITF ITM ITR ITT ITZ NLC PAA PCF PCM PCO PCP PCT PDA PDC PDD PDH PDO PDP PEB PEC PEE PEW PFB PFC PFF PFG PFM
PFV PHH PIH PMM PTA PTB PTE PTR PTS PTW PTY PVV PWA PWC PWE
"""
OFFENCES = frozenset(_OFFENCES.split())
SEXES = frozenset({"M", "F", "U"})
HIT, NO_HIT = "I", "N"
