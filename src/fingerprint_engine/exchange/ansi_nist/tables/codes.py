"""Codes of positions, impression types and compressions (ANSI/NIST-ITL 1-2011 update 2015, tables 7, 8 and 15)."""

from __future__ import annotations

from collections.abc import Mapping

from fingerprint_engine.exchange.image_codecs import Compression

_FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")

POSITIONS: Mapping[int, str] = {
    0: "unknown finger",
    **{1 + i: f"right {name}" for i, name in enumerate(_FINGERS)},
    **{6 + i: f"left {name}" for i, name in enumerate(_FINGERS)},
    11: "plain right thumb",
    12: "plain left thumb",
    13: "plain right four fingers",
    14: "plain left four fingers",
    15: "plain both thumbs",
    16: "right extra digit",
    17: "left extra digit",
    18: "unknown friction ridge",
    19: "entire joint image or finger tip",
    20: "unknown palm",
    21: "right full palm",
    22: "right writer's palm",
    23: "left full palm",
    24: "left writer's palm",
    25: "right lower palm",
    26: "right upper palm",
    27: "left lower palm",
    28: "left upper palm",
    29: "right other",
    30: "left other",
    31: "right interdigital",
    32: "right thenar",
    33: "right hypothenar",
    34: "left interdigital",
    35: "left thenar",
    36: "left hypothenar",
    37: "right grasp",
    38: "left grasp",
    255: "not used",
}

IMPRESSIONS: Mapping[int, str] = {
    0: "plain, live-scan",
    1: "rolled, live-scan",
    2: "plain, not live-scan",
    3: "rolled, not live-scan",
    4: "latent impression",
    5: "latent tracing",
    6: "latent photograph",
    7: "latent lift",
    8: "vertical swipe, live-scan",
    10: "palm, live-scan",
    11: "palm, not live-scan",
    12: "latent palm impression",
    13: "latent palm tracing",
    14: "latent palm photograph",
    15: "latent palm lift",
    20: "plain, live-scan optical contact",
    21: "rolled, live-scan optical contact",
    22: "plain, live-scan non-optical contact",
    23: "rolled, live-scan non-optical contact",
    24: "plain, contactless stationary",
    25: "rolled, contactless stationary",
    28: "other",
    29: "unknown",
    41: "rolled, contactless moving",
    42: "plain, contactless moving",
}
ROLLED = frozenset({1, 3, 21, 23, 25, 41})
PLAIN = frozenset({0, 2, 8, 20, 22, 24, 42})
LATENT = frozenset({4, 5, 6, 7, 12, 13, 14, 15})

FINGERS_IN: Mapping[int, frozenset[int]] = {
    11: frozenset({1}),
    12: frozenset({6}),
    13: frozenset({2, 3, 4, 5}),
    14: frozenset({7, 8, 9, 10}),
    15: frozenset({1, 6}),
}
"""Fingers that a plain impression of one or several holds."""
SINGLE_FINGERS = frozenset(range(1, 11))
PALMS = frozenset({*range(20, 39), *range(81, 87)})

COMPRESSION_LABELS: Mapping[Compression, str] = {
    Compression.RAW: "NONE",
    Compression.WSQ: "WSQ20",
    Compression.JPEG: "JPEGB",
    Compression.JPEG_2000: "JP2",
    Compression.JPEG_2000_LOSSLESS: "JP2L",
    Compression.PNG: "PNG",
}
"""Field 011 of tagged image records."""
BINARY_COMPRESSIONS = ("NONE", "WSQ20", "JPEGB", "JPEGL", "JP2", "JP2L", "PNG")
"""Field 008 of Types 4 to 6: the code is the place in this list."""

MISSING: Mapping[str, str] = {"XX": "amputation", "UP": "unable to print", "SR": "scar"}
"""Item ABC of field 018."""
PARTIAL_SINCE, SCAR_SINCE = "0501", "0502"
"""Versions from which XX means a partial print, and with which SR came; before, XX was any amputation."""
SCALE_UNITS: Mapping[int, str] = {0: "none, aspect ratio only", 1: "pixels per inch", 2: "pixels per centimetre"}
