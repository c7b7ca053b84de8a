"""What the search of the site finds: its index of sections, ranked as lunr and the theme rank them.

The theme gives lunr a title's words a thousand times the weight of the text's, looks for each word of a question and
for words that begin with it, and shows the page of the section that scores best. Lunr ranks by BM25 (its `builder.js`).
"""

from __future__ import annotations

import html
import json
import math
import re
from collections import Counter
from pathlib import Path

TITLE_BOOST = 1e3
K1, B = 1.2, 0.75
"""Lunr's own."""
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "do",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "or",
        "that",
        "the",
        "these",
        "this",
        "to",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "did",
        "has",
        "have",
    ]
)
ENDINGS = ("ations", "ation", "ings", "ing", "es", "ed", "s", "e")


class SiteSearch:
    """The sections of a built site, and what a question finds among them."""

    def __init__(self, index: Path) -> None:
        sections = json.loads(index.read_text(encoding="utf-8"))["docs"]
        self.places = [section["location"] for section in sections]
        self.fields = [
            (TITLE_BOOST, [Counter(words_of(section["title"])) for section in sections]),
            (1.0, [Counter(words_of(section["text"])) for section in sections]),
        ]

    def pages(self, question: str) -> list[str]:
        """The pages that a question finds, best first; a page stands where its best section stands."""
        totals: Counter[str] = Counter()
        for place, score in zip(self.places, self._scores(words_of(question)), strict=True):
            page = place.partition("#")[0]
            totals[page] = max(totals[page], score)
        return [page for page, score in totals.most_common() if score > 0.0]

    def _scores(self, words: list[str]) -> list[float]:
        scores = [0.0] * len(self.places)
        for boost, columns in self.fields:
            mean = sum(sum(counts.values()) for counts in columns) / len(columns)
            for word in words:
                found = [sum(count for other, count in counts.items() if other.startswith(word)) for counts in columns]
                holds = sum(count > 0 for count in found)
                rarity = math.log(1.0 + (len(columns) - holds + 0.5) / (holds + 0.5))
                for row, (count, counts) in enumerate(zip(found, columns, strict=True)):
                    length = K1 * (1.0 - B + B * sum(counts.values()) / mean)
                    scores[row] += boost * rarity * count * (K1 + 1.0) / (length + count)
        return scores


def words_of(text: str) -> list[str]:
    """The words of a text as they are indexed: without markup, endings and words that say nothing."""
    bare = html.unescape(re.sub(r"<[^>]*>", " ", text)).lower()
    return [stem(word) for word in re.findall(r"[a-z0-9]+", bare) if word not in STOP_WORDS]


def stem(word: str) -> str:
    """The word without its ending, so that what is asked in the plural is found."""
    return next((word[: -len(end)] for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= 3), word)
