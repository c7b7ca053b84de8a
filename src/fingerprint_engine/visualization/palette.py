"""Colours that stay apart for colour-blind readers (Okabe and Ito 2008), by the role they play in our pictures."""

from __future__ import annotations

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

ENDING = VERMILLION
BIFURCATION = BLUE
UNKNOWN_KIND = BLACK
CORE = GREEN
DELTA = PURPLE

MATCHED = BLUE
MOVED_ALONE = PURPLE
CONTRADICTED = VERMILLION
"""These three stay apart for every kind of colour blindness; lines and crosses tell them apart without any colour."""
PROBE_INK = VERMILLION
REFERENCE_INK = BLUE
"""Ridges of two prints on one place; where both lie they look dark."""
OUTSIDE_OVERLAP = "#707070"
OVERLAP = BLACK
HALO = "#FFFFFF"
"""Drawn wider beneath a stroke, so that it is seen on dark ridges and on light ground."""

SEQUENTIAL = "viridis"
"""Perceptually even, readable in grey and by colour-blind readers."""
FAINT_PRINT = 0.55
"""Opacity of an image beneath marks: the ridges stay readable, the marks stand out."""
