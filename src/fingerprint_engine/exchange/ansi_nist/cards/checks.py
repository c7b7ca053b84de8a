"""What may not be said together in a new transaction: each rule names the field that is at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from fingerprint_engine.errors import ContradictoryRecord
from fingerprint_engine.exchange.ansi_nist.cards.model import Header, ImageRecord
from fingerprint_engine.exchange.ansi_nist.features.model import Block
from fingerprint_engine.exchange.ansi_nist.model import Record
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.tables.codes import (
    COMPRESSION_LABELS,
    FINGERS_IN,
    IMPRESSIONS,
    LATENT,
    MISSING,
    PALMS,
    PARTIAL_SINCE,
    PLAIN,
    POSITIONS,
    ROLLED,
    SCAR_SINCE,
    SINGLE_FINGERS,
)
from fingerprint_engine.exchange.image_codecs import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.headers import stated_size
from fingerprint_engine.limits import Budget

MIN_PPI = 495
"""14.009: at least 500 ppi, with the standard's one per cent (19.69 pixels/mm and 1 %)."""
MAX_SIDE = 65_535
MAX_COMMENT = 126
_2011 = "0500"
_PALM_IMPRESSIONS = frozenset({10, 11})
_FINGERPRINT_POSITIONS = frozenset({*range(0, 20), *range(40, 51)})


def check_header(header: Header) -> None:
    """Refuse a header that says nothing where it must, or something that cannot be."""
    required = {
        "1.004": header.transaction_type,
        "1.007": header.destination,
        "1.008": header.origin,
        "1.009": header.control_number,
    }
    for field, value in required.items():
        _require(bool(value.strip()), "expected text, found none", field)
    _require(len(header.transaction_type) <= 16, "expected at most 16 characters", "1.004")
    _require(header.version.isdigit() and len(header.version) == 4, "expected four digits", "1.002")
    _require(header.priority is None or 1 <= header.priority <= 9, "expected a priority of 1 to 9", "1.006")
    _require(header.created.tzinfo is not None, "expected a moment with its time zone", "1.014")


def check_blocks(blocks: Sequence[Block], version: str) -> None:
    """Refuse encodings of features that the header's version of the standard does not know, or knows no longer."""
    _require(Block.LEGACY not in blocks or version < _2011, "fields 9.005 to 9.012 ended with version 0400", "9.004")
    _require(Block.EXTENDED not in blocks or version >= _2011, "extended features came with version 0500", "9.300")


def check_text(records: Sequence[Record], *, utf_8: bool) -> None:
    """Refuse text outside ASCII that the header does not declare, and any in the header itself."""
    for record in records:
        for field in record.fields:
            plain = all(item.isascii() for items in field.subfields for item in items)
            where = field_label(1, field.number) if record.type == 1 else "1.015"
            _require(plain or (utf_8 and record.type != 1), "text outside ASCII, which is not declared", where)


def check_images(images: Sequence[ImageRecord], missing: Mapping[int, str], version: str) -> None:
    """Refuse images that contradict themselves, each other or what is said to be missing.

    Raises
    ------
    ContradictoryRecord
        At the first contradiction, with the field.
    """
    for finger, reason in missing.items():
        _require(finger in SINGLE_FINGERS, f"expected a finger, 1 to 10, found {finger}", "14.018")
        _require(reason in MISSING, f"expected {', '.join(MISSING)}, found {reason!r}", "14.018")
        _require(reason != "SR" or version >= SCAR_SINCE, f"SR came with version {SCAR_SINCE}", "14.018")
        _require(
            reason == "UP" or version < PARTIAL_SINCE or _holds(images, finger),
            f"{reason} says that finger {finger} is printed in part, and no image holds it; UP says that none does",
            "14.018",
        )
    for image in images:
        _check_codes(image)
        _check_payload(image)
        _check_segments(image, missing)
        _check_missing(image, missing)
        _check_qualities(image)
    _check_identifiers(images)
    _check_repetitions(images)


def _holds(images: Sequence[ImageRecord], finger: int) -> bool:
    """Whether the finger is on one of the images."""
    return any(
        image.payload and (image.position == finger or finger in FINGERS_IN.get(image.position, ())) for image in images
    )


def _check_codes(image: ImageRecord) -> None:
    kind = image.type
    _require(image.position in POSITIONS and image.position != 255, f"no position {image.position}", f"{kind}.013")
    _require(image.impression in IMPRESSIONS, f"no impression type {image.impression}", f"{kind}.003")
    latent, palm = image.impression in LATENT, image.position in PALMS
    if not latent and not palm:
        _require(image.position in _FINGERPRINT_POSITIONS, "expected the position of a finger", f"{kind}.013")
        _require(image.impression not in _PALM_IMPRESSIONS, "a finger with a palm's impression type", f"{kind}.003")
    _require(not palm or image.impression not in ROLLED, "a palm with a rolled impression type", f"{kind}.003")
    slap = image.position in FINGERS_IN
    _require(
        not slap or image.impression not in ROLLED, "a plain position with a rolled impression type", f"{kind}.003"
    )
    _require(not slap or not latent, "a plain position with a latent's impression type", f"{kind}.003")
    _require(image.position != 19 or kind == 13, "a position (19) that needs field 014 is not written", f"{kind}.013")
    _require(
        image.comment is None or len(image.comment) <= MAX_COMMENT, "expected at most 126 characters", f"{kind}.020"
    )
    if image.binary:
        _require(kind == 4, "only impressions of fingers fit Type-4", "4.004")
        extras = (image.segments, image.nist_quality, image.quality_scores, image.comment)
        _require(not any(extras), "Type-4 holds no segments, qualities or comments", "4.009")
        _require(image.impression < 9 or image.impression >= 20, "expected an impression of a finger", "4.003")


def _check_payload(image: ImageRecord) -> None:
    kind = image.type
    data, compression = ("4.009", "4.008") if kind == 4 else (f"{kind}.999", f"{kind}.011")
    if not image.payload:
        _require(kind == 14, "expected an image, found none", data)
        return
    _require(0 < image.cols <= MAX_SIDE, "expected a width of 1 to 65535", f"{kind}.006")
    _require(0 < image.rows <= MAX_SIDE, "expected a height of 1 to 65535", f"{kind}.007")
    _require(image.compression in COMPRESSION_LABELS, f"{image.compression} has no label", compression)
    found = compression_of(image.payload)
    if image.compression is Compression.RAW:
        size = image.cols * image.rows
        _require(len(image.payload) == size, f"expected {size} bytes of pixels, found {len(image.payload)}", data)
    else:
        stated = image.compression
        stated = Compression.JPEG_2000 if stated is Compression.JPEG_2000_LOSSLESS else stated
        _require(found is stated, f"stated {image.compression}, the data are {found or 'something else'}", compression)
    size_of_data = stated_size(image.payload, Budget())
    sizes_agree = size_of_data in (None, (image.cols, image.rows))
    _require(sizes_agree, f"stated {image.cols} x {image.rows} px, the data say otherwise", f"{kind}.006")
    _require(image.compression is not Compression.WSQ or image.ppi < 600, "WSQ is for 500 ppi", compression)
    if kind == 4:
        _require(abs(image.ppi - 500) <= 5, f"Type-4 is for 500 ppi, found {image.ppi}", "1.012")
    else:
        _require(image.ppi >= MIN_PPI, f"expected at least 500 ppi, found {image.ppi}", f"{kind}.009")


def _check_segments(image: ImageRecord, missing: Mapping[int, str]) -> None:
    if not image.segments:
        return
    field = f"{image.type}.021"
    fingers = FINGERS_IN.get(image.position, frozenset())
    _require(bool(fingers), "segments belong to plain positions, 11 to 15", field)
    _require(len({one.finger for one in image.segments}) == len(image.segments), "a finger has two segments", field)
    for one in image.segments:
        _require(one.finger in fingers, f"finger {one.finger} is not in position {image.position}", field)
        _require(missing.get(one.finger) != "UP", f"finger {one.finger} is said not to be printed", field)
        _require(0 <= one.left < one.right <= image.cols, "expected left < right within the image", field)
        _require(0 <= one.top < one.bottom <= image.rows, "expected top < bottom within the image", field)


def _check_missing(image: ImageRecord, missing: Mapping[int, str]) -> None:
    field = f"{image.type}.018"
    if image.position in SINGLE_FINGERS and image.impression not in LATENT:
        gone = missing.get(image.position)
        _require(bool(image.payload) or gone is not None, "no image, and no reason for that", field)
        _require(not image.payload or gone != "UP", f"finger {image.position} has an image", field)
    fingers = FINGERS_IN.get(image.position)
    if fingers is not None:
        all_gone = all(missing.get(finger) == "UP" for finger in fingers)
        _require(not (image.payload and all_gone), "an image, and all of its fingers are missing", field)
        _require(bool(image.payload) or all_gone, "no image, and no reason for that", field)
    _require(bool(image.payload) or image.features is None, "features of an image that is not there", "9.002")


def _check_qualities(image: ImageRecord) -> None:
    fingers = FINGERS_IN.get(image.position, frozenset({image.position}))
    for finger, value in image.nist_quality.items():
        _require(image.type == 14, "NFIQ 1 is for Type-14", f"{image.type}.022")
        _require(finger in fingers, f"finger {finger} is not in position {image.position}", "14.022")
        _require(1 <= value <= 5 or value in (254, 255), "expected 1 to 5, 254 or 255", "14.022")
    for one in image.quality_scores:
        field = f"{image.type}.024"
        _require(one.finger in fingers, f"finger {one.finger} is not in position {image.position}", field)
        _require(0 <= one.score <= 100 or one.score in (254, 255), "expected 0 to 100, 254 or 255", field)
        is_hex = len(one.vendor) == 4 and all(letter in "0123456789ABCDEF" for letter in one.vendor)
        _require(is_hex, "expected a vendor of four hexadecimal digits", field)
        _require(1 <= one.product <= 65_535, "expected a product of 1 to 65535", field)


def _check_identifiers(images: Sequence[ImageRecord]) -> None:
    counts = Counter(image.idc for image in images if image.idc is not None)
    for image in images:
        if image.idc is not None:
            field = f"{image.type}.002"
            _require(1 <= image.idc <= 99, f"expected an IDC of 1 to 99, found {image.idc}", field)
            _require(counts[image.idc] == 1, f"IDC {image.idc} belongs to another image too", field)


def _check_repetitions(images: Sequence[ImageRecord]) -> None:
    seen: set[tuple[int, str]] = set()
    for image in images:
        if image.impression in LATENT or image.position not in {*SINGLE_FINGERS, *FINGERS_IN}:
            continue
        way = "rolled" if image.impression in ROLLED else "plain" if image.impression in PLAIN else "other"
        field = "4.004" if image.type == 4 else f"{image.type}.013"
        _require((image.position, way) not in seen, f"two {way} records of position {image.position}", field)
        seen.add((image.position, way))


def _require(condition: bool, reason: str, field: str) -> None:
    if not condition:
        raise ContradictoryRecord(reason, field)
