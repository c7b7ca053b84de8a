"""THE PRINTS OF AN ANSI/NIST-ITL TRANSACTION: its images decoded, slaps cut into fingers, Type-9 made templates.

In come transactions of any encoding, out go images and templates with what was lost, and back. The room decodes through
`image_codecs` and must not know how a transaction is written.
"""

from fingerprint_engine.exchange.transaction_prints.building import transaction_of_images
from fingerprint_engine.exchange.transaction_prints.cards import CardImages, card_of_transaction, transaction_of_card
from fingerprint_engine.exchange.transaction_prints.images import images_of_transaction
from fingerprint_engine.exchange.transaction_prints.marks import MarkImage, marks_of_transaction
from fingerprint_engine.exchange.transaction_prints.templates import templates_of_transaction

__all__ = [
    "CardImages",
    "MarkImage",
    "card_of_transaction",
    "images_of_transaction",
    "marks_of_transaction",
    "templates_of_transaction",
    "transaction_of_card",
    "transaction_of_images",
]
