"""THE RECORD MODEL: WHAT A TRANSACTION SAYS, WHATEVER IT WAS WRITTEN IN.

A `Transaction` holds records, a `Record` holds numbered fields, a `Field` holds items of text, or bytes; `View` gives
them names and types. In come the tables of fields; encodings, features and checks build on it. The room must not know
how anything is written: no separators, tags, lengths, character sets or layouts. What an encoding notes to write things
again as they were (``origin``) is passed on unread.
"""

from fingerprint_engine.exchange.ansi_nist.model.context import Context, context_of
from fingerprint_engine.exchange.ansi_nist.model.field import Field
from fingerprint_engine.exchange.ansi_nist.model.record import Record
from fingerprint_engine.exchange.ansi_nist.model.transaction import Transaction
from fingerprint_engine.exchange.ansi_nist.model.view import View, edit, edited, new_record

__all__ = ["Context", "Field", "Record", "Transaction", "View", "context_of", "edit", "edited", "new_record"]
