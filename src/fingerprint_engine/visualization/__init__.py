"""WHAT THE ENGINE SAW, AS PICTURES.

In come an image, ridge maps, minutiae or two templates with their comparison; out goes a `Picture` that can be saved
or shown. Needs the extra `plots`; without it every drawing function raises `MissingExtra`. The room must not know
records or exchange: a picture calls prints what the caller calls them, by default nothing.
"""

from fingerprint_engine.visualization.canvas import Picture, require_plots
from fingerprint_engine.visualization.disagreement import local_disagreement
from fingerprint_engine.visualization.draw_curves import (
    draw_cmc,
    draw_det,
    draw_histograms,
    draw_rates_by_score,
)
from fingerprint_engine.visualization.draw_hand import BoxedFinger, HandPanel, draw_hands
from fingerprint_engine.visualization.draw_maps import draw_maps
from fingerprint_engine.visualization.draw_match import draw_match, numbered_pairs
from fingerprint_engine.visualization.draw_minutiae import draw_minutiae
from fingerprint_engine.visualization.draw_overlay import draw_overlay
from fingerprint_engine.visualization.draw_pairs import draw_pairs
from fingerprint_engine.visualization.wording import (
    evidence_in_words,
    false_matches_in_words,
    score_in_words,
    threshold_in_words,
    verdict_in_words,
)

__all__ = [
    "BoxedFinger",
    "HandPanel",
    "Picture",
    "draw_cmc",
    "draw_det",
    "draw_hands",
    "draw_histograms",
    "draw_maps",
    "draw_match",
    "draw_minutiae",
    "draw_overlay",
    "draw_pairs",
    "draw_rates_by_score",
    "evidence_in_words",
    "false_matches_in_words",
    "local_disagreement",
    "numbered_pairs",
    "require_plots",
    "score_in_words",
    "threshold_in_words",
    "verdict_in_words",
]
