"""A template of each Type-9 record in a supported encoding."""

from __future__ import annotations

from fingerprint_engine.exchange.ansi_nist import Transaction, features_in
from fingerprint_engine.exchange.impressions import finger_of, impression_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.points import FOREIGN, template_of_points
from fingerprint_engine.fingers import Impression
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.template import Template, TemplateParameters


def templates_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    ppi: float | None = None,
    parameters: TemplateParameters | None = None,
    parameters_digest: bytes = FOREIGN,
    limits: Limits = DEFAULT_LIMITS,
    budget: Budget | None = None,
) -> Mapped[tuple[Template, ...]]:
    """Make a template of each Type-9 record in a supported encoding.

    Parameters
    ----------
    transaction
        What `ansi_nist.loads` gave.
    strict
        Whether to refuse to lose anything.
    ppi
        Resolution of images whose record states none.
    parameters
        Of the local descriptors.
    parameters_digest
        See `minutiae_records.templates`.
    limits
        What all templates together may cost.
    budget
        What is left of the limits of a request that this is a part of, in place of ``limits``.

    Raises
    ------
    LimitExceeded
        When they cost more.
    ExchangeError
        When a record is damaged.
    LossRefused
        In strict mode.
    """
    losses, left = Losses(), Budget(limits) if budget is None else budget
    made = []
    for _, mapped in features_in(transaction, ppi=ppi):
        left.spend("prints")
        features = mapped.value
        for loss in mapped.losses:
            losses.add(loss)
        losses.add("candidate positions but the first", when=len(features.positions) > 1)
        made.append(
            template_of_points(
                features.minutiae,
                losses,
                shape=features.shape,
                extractor=f"Type-9 {features.block}",
                singular_points=features.singular_points,
                finger=finger_of(features.positions[0], losses),
                impression=(
                    Impression.UNKNOWN if features.impression is None else impression_of(features.impression, losses)
                ),
                source_ppi=features.source_ppi or 500.0,
                parameters=parameters,
                parameters_digest=parameters_digest,
            )
        )
    return losses.settle(tuple(made), strict=strict)
