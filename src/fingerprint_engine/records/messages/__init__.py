"""A SITUATION AND A LANGUAGE IN, A SENTENCE FOR AN OFFICER OUT.

The texts of answers, advice, cases and stories as data, in English, Spanish, Portuguese, French and Italian. It must
not hold logic: what is said when is decided where it happens.
"""

from fingerprint_engine.records.messages.catalogue import LANGUAGES, Messages, messages

__all__ = ["LANGUAGES", "Messages", "messages"]
