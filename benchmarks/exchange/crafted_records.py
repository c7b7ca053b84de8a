"""Records that ask for far more than they bring; as `crafted_images`, for the formats of the exchange room."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from benchmarks.exchange.crafted_images import _count, _png, _side, jpeg_many_segments, wsq_many_comments

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"


def tagged(kind: int, *fields: tuple[int, bytes]) -> bytes:
    """A record of the traditional encoding with its true length."""
    body = GS.join(b"%d.%03d:" % (kind, number) + value for number, value in fields) + FS
    digits = 1
    while len(length := b"%0*d" % (digits, len(b"%d.001:" % kind) + 1 + len(body) + digits)) > digits:
        digits += 1
    return b"%d.001:" % kind + length + GS + body


def transaction(*records: tuple[int, bytes], character_sets: bytes = b"") -> bytes:
    """A transaction of these records, each with its type; IDCs rise from 0."""
    contents = RS.join(
        [b"1" + US + b"%d" % len(records), *(b"%d%s%02d" % (kind, US, i) for i, (kind, _) in enumerate(records))]
    )
    fields = [(2, b"0500"), (3, contents), (4, b"CAR"), (5, b"20260102"), (7, b"A"), (8, b"B"), (9, b"C")]
    fields += [(11, b"00.00"), (12, b"00.00")]
    if character_sets:
        fields.append((15, character_sets))
    return tagged(1, *fields) + b"".join(data for _, data in records)


def image_record(
    idc: int, side: int, payload: bytes, *more: tuple[int, bytes], label: bytes = b"PNG"
) -> tuple[int, bytes]:
    """A Type-14 record of an image."""
    pixels = b"%d" % side
    fields = [(2, b"%02d" % idc), (3, b"0"), (4, b"A"), (5, b"20260102"), (6, pixels), (7, pixels), (8, b"1")]
    fields += [(9, b"500"), (10, b"500"), (11, label), (12, b"8"), (13, b"13"), *sorted(more), (999, payload)]
    return 14, tagged(14, *fields)


def segments_over_one_image(size: float) -> bytes:
    """A list of fingers, each of which is the whole slap."""
    side = _side(size)
    one = US.join([b"2", b"0", b"%d" % side, b"0", b"%d" % side])
    return transaction(image_record(0, side, _png(side, 0, 1), (21, RS.join([one] * _count(size, 10_000)))))


def one_image_in_many_records(size: float) -> bytes:
    """999 records that bring the same image, which compresses to nothing."""
    side, count = _side(size), max(4, int(900 * size))
    payload = _png(side, 0, 1)
    return transaction(*(image_record(idc, side, payload) for idc in range(count)))


def nothing_but_separators(size: float) -> bytes:
    """Ten megabytes of repetitions in one field."""
    return transaction((2, tagged(2, (2, b"00"), (30, RS * _count(size, 10_000_000)))))


def nothing_but_items(size: float) -> bytes:
    """The same, of items."""
    return transaction((2, tagged(2, (2, b"00"), (30, US * _count(size, 10_000_000)))))


def fields_in_many_records(size: float) -> bytes:
    """999 records of 2,000 fields."""
    fields = [(2, b"00"), *((number, b"") for number in range(100, 100 + _count(min(1.0, 10 * size), 1_990)))]
    record = tagged(2, *fields)
    return transaction(*[(2, record)] * max(4, int(998 * size)))


def ends_of_records(size: float) -> bytes:
    """A record of a wrong length, in which a record might end at every byte."""
    false = b"14.001:9" + GS + b"14.999:" + FS * _count(size, 100_000_000)
    return transaction((14, false))


def many_character_sets(size: float) -> bytes:
    """A thousand sets, each of which is tried for each item."""
    sets = RS.join(US.join([b"%03d" % index, b"X", b"1"]) for index in range(1_000))
    return transaction(
        (2, tagged(2, (2, b"00"), (30, RS.join([b"\xff\xfe"] * _count(size, 400_000))))), character_sets=sets
    )


def minutiae_of_type_9(size: float) -> bytes:
    """Minutiae in as many records as there may be."""
    one = US.join([b"1", b"10", b"10", b"10", b"1", b"50"])
    count = _count(min(1.0, 10 * size), 9_000)
    fields = [(2, b"00"), (3, b"0"), (4, b"S"), (128, b"500"), (129, b"500"), (130, b"1"), (131, b"500"), (132, b"500")]
    record = tagged(9, *fields, (136, b"%d" % count), (137, RS.join([one] * count)))
    return transaction(*[(9, record)] * max(4, int(400 * size)))


def payload_of_segments(size: float) -> bytes:
    """Images whose headers are behind millions of comments."""
    payload = jpeg_many_segments(size / 4)
    return transaction(*(image_record(idc, 64, payload, label=b"JPEGB") for idc in range(4)))


def payload_of_comments(size: float) -> bytes:
    """The same, in WSQ."""
    return transaction(image_record(0, 64, wsq_many_comments(size), label=b"WSQ20"))


def minutiae_record_of_views(size: float) -> bytes:
    """ISO 2011: 65,535 views of 255 minutiae."""
    count = max(4, int(65_535 * size))
    view = b"\xff" * 9 + bytes(5) + b"\x00" + b"\x01\x00" + struct.pack(">HHBHHBB", 197, 197, 0, 500, 500, 0x60, 255)
    view += b"\x40\x64\x40\x64\x10\x32" * 255 + b"\x00\x00"
    body = (struct.pack(">I", len(view) + 4) + view) * count
    return b"FMR\x00030\x00" + struct.pack(">IHB", 15 + len(body), count, 0) + body


def minutiae_record_of_blocks(size: float) -> bytes:
    """255 views whose extended data are blocks of nothing."""
    view = b"\x01\x00\x32\x00" + struct.pack(">H", 65_532) + b"\x01\x00\x00\x04" * 16_383
    body = view * max(4, int(255 * size))
    head = struct.pack(">HHHHHBB", 0, 500, 500, 197, 197, len(body) // len(view), 0)
    return b"FMR\x00 20\x00" + struct.pack(">I", 24 + len(body)) + head + body


def minutiae_record_of_odd_blocks(size: float) -> bytes:
    """The same with lengths that have to be guessed from the content."""
    view = b"\x01\x00\x32\x00" + struct.pack(">H", 65_533) + b"\x01\x00\x00\x04" * 16_383 + b"\x00"
    body = view * max(4, int(255 * size))
    head = struct.pack(">HHHHHBB", 0, 500, 500, 197, 197, len(body) // len(view), 0)
    return b"FMR\x00 20\x00" + struct.pack(">I", 24 + len(body)) + head + body


def image_record_of_views(size: float) -> bytes:
    """ISO 2011: 65,535 views that bring nothing."""
    count = max(4, int(65_535 * size))
    view = b"\xff" * 9 + bytes(6) + b"\x01\x00\x01" + struct.pack(">HHHHBB", 500, 500, 500, 500, 8, 0)
    view += struct.pack(">BHHI", 0, 0, 0, 0)
    body = (struct.pack(">I", len(view) + 4) + view) * count
    return b"FIR\x00020\x00" + struct.pack(">IHBB", 16 + len(body), count, 0, 1) + body


def image_record_of_blocks(size: float) -> bytes:
    """ISO 2011: one view whose extended data are blocks of nothing."""
    view = b"\xff" * 9 + bytes(6) + b"\x01\x00\x01" + struct.pack(">HHHHBB", 500, 500, 500, 500, 8, 0)
    view += struct.pack(">BHHI", 0, 0, 0, 0) + b"\x00\x03\x00\x04" * _count(size, 30_000_000)
    body = struct.pack(">I", len(view) + 4) + view
    return b"FIR\x00020\x00" + struct.pack(">IHBB", 16 + len(body), 1, 0, 1) + body


def image_record_of_images(size: float) -> bytes:
    """ISO 2011: the same image many times."""
    side = _side(size)
    payload = _png(side, 0, 1)
    view = b"\xff" * 9 + bytes(6) + b"\x01\x00\x01" + struct.pack(">HHHHBB", 500, 500, 500, 500, 8, 6)
    view += struct.pack(">BHHI", 0, side, side, len(payload)) + payload
    count = max(4, int(1_000 * size))
    body = (struct.pack(">I", len(view) + 4) + view) * count
    return b"FIR\x00020\x00" + struct.pack(">IHBB", 16 + len(body), count, 0, 1) + body


def xyt_of_empty_lines(size: float) -> bytes:
    """A minutia, and empty lines."""
    return b"1 1 1\n" + b"\n" * _count(size, 120_000_000)


def xyt_of_lines(size: float) -> bytes:
    """Millions of minutiae."""
    return b"1 1 1\n" * _count(size, 20_000_000)


def _items_within(size: float) -> bytes:
    return transaction((2, tagged(2, (2, b"00"), (30, RS.join([b"a"] * _count(size, 499_000))))))


def _segments_within(size: float) -> bytes:
    one = US.join([b"2", b"0", b"9", b"0", b"9"])
    return transaction(image_record(0, 512, _png(512, 0, 1), (21, RS.join([one] * _count(size, 1_900)))))


def _views_within(size: float) -> bytes:
    return minutiae_record_of_views(1_900 / 65_535 * size)


def _minutiae_within(size: float) -> bytes:
    one = US.join([b"1", b"10", b"10", b"10", b"1", b"50"])
    fields = [(2, b"00"), (3, b"0"), (4, b"S"), (128, b"500"), (129, b"500"), (130, b"1"), (131, b"500"), (132, b"500")]
    record = tagged(9, *fields, (136, b"9000"), (137, RS.join([one] * 9_000)))
    return transaction(*[(9, record)] * max(1, int(9 * size)))


WITHIN: Mapping[str, Callable[[], bytes]] = {
    "within_items": lambda: _items_within(1.0),
    "within_segments": lambda: _segments_within(1.0),
    "within_views": lambda: _views_within(1.0),
    "within_minutiae": lambda: _minutiae_within(1.0),
}
"""As much as the limits allow: the most costly files that are not refused."""

RECORDS: Mapping[str, Callable[[float], bytes]] = {
    make.__name__: make
    for make in (
        segments_over_one_image,
        one_image_in_many_records,
        nothing_but_separators,
        nothing_but_items,
        fields_in_many_records,
        ends_of_records,
        many_character_sets,
        minutiae_of_type_9,
        payload_of_segments,
        payload_of_comments,
        minutiae_record_of_views,
        minutiae_record_of_blocks,
        minutiae_record_of_odd_blocks,
        image_record_of_views,
        image_record_of_blocks,
        image_record_of_images,
        xyt_of_empty_lines,
        xyt_of_lines,
    )
}
