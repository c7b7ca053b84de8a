"""Whether a WSQ file codes what its tables ask for: NIST's decoder makes noise of one that does not, and says nothing.

Counted only in blocks of less than a bit for eight bin indices, which bounds the time: a sound block has more, or is
nearly blank.
"""

from __future__ import annotations

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.marker_segments import coded_data_stop, marker_segments

_FRAME, _BLOCK, _QUANTISATION, _HUFFMAN = 0xA2, 0xA3, 0xA5, 0xA6
_BLOCKS = ((0, 19), (19, 52), (52, 64))
"""Subbands of the three blocks of coded data."""
_SHARES = (1 / 1024,) * 4 + (1 / 256,) * 47 + (1 / 16,) * 13
"""Of the pixels, of each subband; whole rows and columns differ a little, so half of the indices is asked for."""
_FURTHER_BITS = {101: 8, 102: 8, 103: 16, 104: 16, 105: 8, 106: 16}
_LONG_RUNS = (105, 106)
_MAX_CODE_BITS = 16


def remarks_on_blocks(data: bytes, budget: Budget) -> tuple[str, ...]:
    """One sentence per block that ends before half of the bin indices that frame and tables ask for.

    Raises
    ------
    LimitExceeded
        When there are more segments or tables than the budget allows.
    """
    found, pixels, block = [], 0, 0
    coded, tables = [False] * len(_SHARES), dict[int, dict[str, int]]()
    for segment in marker_segments(data, budget):
        marker, body = segment.marker, segment.body
        if marker == _FRAME:
            pixels = int.from_bytes(body[2:4], "big") * int.from_bytes(body[4:6], "big")
        elif marker == _QUANTISATION:
            coded = [any(body[4 + 6 * band : 6 + 6 * band]) for band in range(len(_SHARES))]
        elif marker == _HUFFMAN and len(body) > _MAX_CODE_BITS:
            tables |= _tables(body, budget)
        elif marker == _BLOCK and body and block < len(_BLOCKS):
            bits = data[segment.stop : coded_data_stop(data, segment)].replace(b"\xff\x00", b"\xff")
            asked = int(pixels * sum(_SHARES[band] for band in range(*_BLOCKS[block]) if coded[band]))
            block += 1
            if 64 * len(bits) < asked and 2 * (count := _indices(bits, tables.get(body[0], {}))) < asked:
                found.append(
                    f"WSQ: block {block} codes {count} of about {asked} bin indices, so the image is not whole"
                )
    return tuple(found)


def _tables(body: bytes, budget: Budget) -> dict[int, dict[str, int]]:
    """Huffman tables of a segment by number: symbols by code."""
    tables, at = dict[int, dict[str, int]](), 0
    while at + _MAX_CODE_BITS < len(body):
        budget.spend("items")
        table, code, symbols = tables.setdefault(body[at], {}), 0, iter(body[at + 1 + _MAX_CODE_BITS :])
        for length, count in enumerate(body[at + 1 : at + 1 + _MAX_CODE_BITS], 1):
            table |= {
                f"{code + place:0{length}b}": symbol for place, symbol in zip(range(count), symbols, strict=False)
            }
            code = (code + count) << 1
        at += 1 + _MAX_CODE_BITS + sum(body[at + 1 : at + 1 + _MAX_CODE_BITS])
    return tables


def _indices(data: bytes, codes: dict[str, int]) -> int:
    """How many bin indices a block codes: symbols up to 100 are runs of zeros, 105 and 106 longer ones."""
    bits, start, end, found = "".join(f"{octet:08b}" for octet in data), 0, 1, 0
    while end <= len(bits) and end - start <= _MAX_CODE_BITS:
        symbol = codes.get(bits[start:end])
        if symbol is None:
            end += 1
            continue
        start = end + _FURTHER_BITS.get(symbol, 0)
        found += symbol if symbol <= 100 else int("0" + bits[end:start], 2) if symbol in _LONG_RUNS else 1
        end = start + 1
    return found
