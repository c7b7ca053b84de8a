"""QUESTIONS OF OTHER AGENCIES AND TO THEM: who asks, who answers, who confirms, who watches, and the log of bundles.

In come records of bundles that were checked, and decisions of our own; out go the records of the bundles to be written.
Everything is done once, however often a bundle is taken up again after a process was stopped. The room must not know
how a bundle is laid out, signed or sealed.
"""

from fingerprint_engine.records.agencies.answering import Answer, Question, answer, answer_question, answered
from fingerprint_engine.records.agencies.asking import Asked, AskedFinger, Terms, ask, asked, people_to_ask_about
from fingerprint_engine.records.agencies.confirming import (
    Confirmed,
    Told,
    confirm,
    confirmations_of,
    hear_confirmation,
    hear_core_data,
    release,
    release_identity,
    released,
)
from fingerprint_engine.records.agencies.giving import Given, answers_of, close_questions
from fingerprint_engine.records.agencies.hearing import AskedAbout, Heard, get_request, hear_answer, list_requests
from fingerprint_engine.records.agencies.post import (
    Posted,
    finish_bundle,
    get_posted,
    list_bundles,
    note_refusal,
    pass_over_numbers,
    take_bundle,
)
from fingerprint_engine.records.agencies.sighting import give_notices, run_watches
from fingerprint_engine.records.agencies.watching import forget_watches, hear_order
from fingerprint_engine.records.agencies.watching_abroad import change_watches_abroad, watch_abroad

__all__ = [
    "Answer",
    "Asked",
    "AskedAbout",
    "AskedFinger",
    "Confirmed",
    "Given",
    "Heard",
    "Posted",
    "Question",
    "Terms",
    "Told",
    "answer",
    "answer_question",
    "answered",
    "answers_of",
    "ask",
    "asked",
    "change_watches_abroad",
    "close_questions",
    "confirm",
    "confirmations_of",
    "finish_bundle",
    "forget_watches",
    "get_posted",
    "get_request",
    "give_notices",
    "hear_answer",
    "hear_confirmation",
    "hear_core_data",
    "hear_order",
    "list_bundles",
    "list_requests",
    "note_refusal",
    "pass_over_numbers",
    "people_to_ask_about",
    "release",
    "release_identity",
    "released",
    "run_watches",
    "take_bundle",
    "watch_abroad",
]
