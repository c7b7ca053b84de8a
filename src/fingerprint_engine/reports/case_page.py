"""`case_page`: a doubt for an examiner on one page: prints side by side, what each says, what is known of before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from fingerprint_engine.matching import compare
from fingerprint_engine.reports.rendering import Figure, figure, render
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import draw_match

MATCH_DPI = 90.0
SYMBOLS = ("matched", "alone", "contradicted", "outside", "overlap", "ending", "bifurcation")
"""What can be seen in the picture of a pair, in the order of the page's key."""


@dataclasses.dataclass(frozen=True, slots=True)
class ShownPair:
    """Two prints to be seen side by side, the one in question and the one on file; and what to say of their score."""

    caption: Callable[[float], str]
    probe: Template
    reference: Template


@dataclasses.dataclass(frozen=True, slots=True)
class ShownCandidate:
    """Whom the prints may be of: a heading, rows of earlier encounters, and pairs of prints."""

    heading: str
    encounters: Sequence[Sequence[str]]
    pairs: Sequence[ShownPair]


@dataclasses.dataclass(frozen=True, slots=True)
class ShownCase:
    """Everything that the page says, in the words of whoever made it.

    Attributes
    ----------
    language
        Of the words.
    title, lines
        What it is about.
    candidates
        Best first.
    earlier, encounter_headings
        Heading and column headings of the earlier encounters.
    sides
        Which print of a pair stands where.
    symbols
        What the symbols of `SYMBOLS` mean: the pictures hold no words, for they are of no language.
    decisions, decision_headings, decision_rows
        Heading of the decisions, their column headings and rows.
    """

    language: str
    title: str
    lines: Sequence[str]
    candidates: Sequence[ShownCandidate]
    earlier: str
    encounter_headings: Sequence[str]
    sides: str
    symbols: Mapping[str, str]
    decisions: str
    decision_headings: Sequence[str]
    decision_rows: Sequence[Sequence[str]]


def case_page(shown: ShownCase) -> str:
    """One HTML page that needs nothing else.

    Raises
    ------
    MissingExtra
        When the extra ``reports`` is not installed.
    """
    figures = [[_figure(pair) for pair in candidate.pairs] for candidate in shown.candidates]
    return render(
        "case.html",
        title=shown.title,
        shown=shown,
        symbols=[(name, shown.symbols[name]) for name in SYMBOLS],
        candidates=list(zip(shown.candidates, figures, strict=True)),
    )


def _figure(pair: ShownPair) -> Figure:
    comparison = compare(pair.probe, pair.reference)
    picture = draw_match(comparison, pair.probe, pair.reference, captions=False)
    return figure(picture, pair.caption(comparison.score), dpi=MATCH_DPI)
