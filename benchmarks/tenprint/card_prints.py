"""Rolled and plain prints of synthetic people, as templates: what a card holds.

They are made once and kept below `benchmarks/results/`. Fingers are taken one by one, rolled from nail to nail or
touched with a part of the pad; slaps are judged elsewhere.
"""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np

from benchmarks.code_version import RESULTS, extraction_digest, synthesis_digest
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import (
    UNROLLED_FINGER,
    ImpressionParameters,
    make_finger,
    make_impression,
    make_rolled_impression,
)
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import CapturedPrint, CaptureQuality, Reason, TurnedBox
from fingerprint_engine.tenprint.capture_quality import capture_quality

PLAIN = ImpressionParameters(rows_px=560, cols_px=460, contact_low=0.65, contact_high=0.9)
COUNT = 2
"""Impressions of each kind."""
NOWHERE = TurnedBox(0.0, 0.0, 1.0, 1.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Kept:
    """One impression: template bytes, none where there is no template, and its quality."""

    data: bytes
    quality: CaptureQuality


Card = dict[tuple[Finger, bool], list[Kept]]
"""By finger and whether rolled."""


def cards(people: int, seed: int) -> list[Card]:
    """The prints of so many people; those not yet made are made now, 15 seconds each."""
    folder = RESULTS / "rolled_and_plain" / f"{seed}-{synthesis_digest()}-{extraction_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Card] = []
    for who in range(people):
        path = folder / f"{who:05d}.pickle"
        if not path.is_file():
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(pickle.dumps(_card(seed, who)))
            temporary.replace(path)
        found.append(pickle.loads(path.read_bytes()))
    return found


def _card(seed: int, who: int) -> Card:
    card: Card = {}
    for finger in Finger:
        if finger is Finger.UNKNOWN:
            continue
        master = make_finger(np.random.default_rng([seed, who, finger]), UNROLLED_FINGER, finger=finger)
        for rolled in (True, False):
            for number in range(COUNT):
                rng = np.random.default_rng([seed, who, finger, rolled, number])
                made = make_rolled_impression(master, rng) if rolled else make_impression(master, rng, PLAIN)
                card.setdefault((finger, rolled), []).append(_kept(made.image, finger, rolled=rolled))
    return card


def _kept(image: FingerprintImage, finger: Finger, *, rolled: bool) -> Kept:
    way = Impression.LIVESCAN_ROLLED if rolled else Impression.LIVESCAN_PLAIN
    try:
        template = make_template(image, finger=finger, impression=way)
    except FailureToExtract:
        return Kept(b"", CaptureQuality(0, Reason.UNREADABLE))
    return Kept(template.to_bytes(), capture_quality(image, template))


def as_captured(kept: Kept, finger: Finger, *, rolled: bool) -> CapturedPrint:
    """A print under the label of a finger."""
    way = Impression.LIVESCAN_ROLLED if rolled else Impression.LIVESCAN_PLAIN
    template = Template.from_bytes(kept.data) if kept.data else None
    image = FingerprintImage(np.full((8, 8), 255, np.uint8), 500.0)
    box = None if rolled else NOWHERE
    return CapturedPrint(finger, way, int(finger) if rolled else 13, image, box, template, kept.quality)
