"""WSQ written plainly, after IAFIS-IC-0110 version 3.1, to check the codec that the extra ``wsq`` brings.

Reading: markers, Huffman codes, bin indices of the subbands, reconstruction. Forward: an image to bin indices with the
tables that a file states (its wavelet filters, bin widths, shift and scale), so that a file can be held against its
original whatever its rate. Double precision, no thought of speed.
"""

from __future__ import annotations

import dataclasses

import numpy as np

SOI, EOI, SOF, SOB, DTT, DQT, DHT, DRT, COM = range(0xA0, 0xA9)
SUBBANDS = 64
ENTROPY_BLOCKS = ((0, 19), (19, 52), (52, 64))
"""Subbands of the three blocks of coded data."""


@dataclasses.dataclass
class WsqFile:
    """What a file states.

    Attributes
    ----------
    rows, cols
        Pixels.
    shift, scale
        Of the image before the transform: ``(pixel - shift) / scale``.
    encoder
        Number of the encoder in the frame header: 2 for the FBI's present one.
    low, high
        Analysis filters, odd and symmetric.
    bin_centre, bin_width, zero_width
        C, Q and Z of clause 5.3; a subband of width 0 is not coded.
    indices
        Bin indices of each subband, None where it is not coded.
    """

    rows: int = 0
    cols: int = 0
    shift: float = 0.0
    scale: float = 1.0
    encoder: int = 0
    low: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))
    high: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))
    bin_centre: float = 0.0
    bin_width: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(SUBBANDS))
    zero_width: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(SUBBANDS))
    indices: list[np.ndarray | None] = dataclasses.field(default_factory=list)


def read(data: bytes) -> WsqFile:
    """Parse a file down to the bin indices."""
    file, codes, numbers, at = WsqFile(), {}, [], 2
    while data[at + 1] != EOI:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == SOF:
            file.rows, file.cols = _u16(body, 2), _u16(body, 4)
            file.shift, file.scale, file.encoder = _decimal(body, 6), _decimal(body, 9), body[12]
        elif marker == DTT:
            file.low, file.high = _filters(body)
        elif marker == DQT:
            file.bin_centre = _decimal(body, 0)
            file.bin_width = np.array([_decimal(body, 3 + 6 * k) for k in range(SUBBANDS)])
            file.zero_width = np.array([_decimal(body, 6 + 6 * k) for k in range(SUBBANDS)])
        elif marker == DHT:
            codes |= _huffman_codes(body)
        elif marker == SOB:
            end = _end_of_block(data, at)
            first, behind = ENTROPY_BLOCKS[len(numbers)]
            wanted = sum(_sizes(file)[k] for k in range(first, behind) if file.bin_width[k] > 0)
            numbers.append(_decode(data[at:end].replace(b"\xff\x00", b"\xff"), codes[body[0]], wanted))
            at = end
        elif marker not in (COM, DRT):
            raise ValueError(f"marker {marker:#x} is not of this reader")
    file.indices = _cut(file, np.concatenate(numbers))
    return file


def forward(file: WsqFile, pixels: np.ndarray, shift: float | None = None, scale: float | None = None):
    """Bin indices of an image with the tables of a file; shift and scale of the file unless given."""
    shift, scale = file.shift if shift is None else shift, file.scale if scale is None else scale
    found: list[np.ndarray | None] = []
    for k, values in enumerate(subbands((pixels.astype(np.float64) - shift) / scale, file)):
        width, zero = file.bin_width[k], file.zero_width[k]
        if width == 0:
            found.append(None)
            continue
        magnitude = np.floor((np.abs(values) - zero / 2) / width) + 1
        found.append(np.where(np.abs(values) > zero / 2, np.sign(values) * magnitude, 0).astype(np.int64))
    return found


def reconstruct(file: WsqFile) -> np.ndarray:
    """The image of a file, in grey levels and fractions of them."""
    bands = []
    for k, (rows, cols) in enumerate(_shapes(file)):
        indices, width, zero = file.indices[k], file.bin_width[k], file.zero_width[k]
        if indices is None:
            bands.append(np.zeros((rows, cols)))
        else:
            magnitude = (np.abs(indices) - file.bin_centre) * width + zero / 2
            bands.append(np.where(indices != 0, np.sign(indices) * magnitude, 0.0))
    return _synthesis(iter(bands), (file.rows, file.cols), _TREE, (False, False), file) * file.scale + file.shift


def scaling(pixels: np.ndarray) -> tuple[float, float]:
    """Shift and scale of an encoder: the mean, and what brings the image into 128 either way."""
    mean = float(pixels.mean())
    return mean, max(float(pixels.max()) - mean, mean - float(pixels.min())) / 128


# --- subbands -------------------------------------------------------------------------------------------------------

_LEAF = ()
_FOUR = (_LEAF,) * 4
_SIXTEEN = (_FOUR,) * 4
_LOWEST = ((_FOUR, _LEAF, _LEAF, _LEAF), _FOUR, _FOUR, _FOUR)
_TREE = ((_LOWEST, _SIXTEEN, _SIXTEEN, _LEAF), _FOUR, _FOUR, _FOUR)
"""How the image is split: top left, top right, bottom left, bottom right quarter; its leaves are subbands 0 to 63."""


def subbands(image: np.ndarray, file: WsqFile, tree=_TREE, is_high=(False, False)) -> list[np.ndarray]:
    """The 64 subbands of a scaled image, each with the lower frequencies to its top and left neighbours."""
    if tree == _LEAF:
        return [image]
    halves = _split(image, 0, is_high[0], file)
    found = []
    for quarter, branch in enumerate(tree):
        part = _split(halves[quarter // 2], 1, is_high[1], file)[quarter % 2]
        found += subbands(part, file, branch, (quarter >= 2, quarter % 2 == 1))
    return found


def _split(image: np.ndarray, axis: int, is_high: bool, file: WsqFile) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper half of the frequencies; a high half was folded when it was thinned out, and is turned over."""
    signal = np.moveaxis(image, axis, 0)
    halves = [_filtered(signal, file.low)[0::2], _filtered(signal, file.high)[1::2]]
    low, high = (np.moveaxis(half, 0, axis) for half in halves)
    return (high, low) if is_high else (low, high)


def _join(first: np.ndarray, second: np.ndarray, axis: int, is_high: bool, file: WsqFile) -> np.ndarray:
    """Inverse of `_split`: synthesis filters are the analysis filters with alternating signs."""
    low, high = (np.moveaxis(half, axis, 0) for half in ((second, first) if is_high else (first, second)))
    length = len(low) + len(high)
    spread = np.zeros((2, length, low.shape[1]))
    spread[0, 0::2], spread[1, 1::2] = low, high
    joined = _filtered(spread[0], _alternating(file.high)) + _filtered(spread[1], _alternating(file.low))
    return np.moveaxis(joined, 0, axis)


def _synthesis(bands, shape, tree, is_high, file: WsqFile) -> np.ndarray:
    if tree == _LEAF:
        return next(bands)
    heights, widths = (_halves(length, high) for length, high in zip(shape, is_high, strict=True))
    parts = [
        _synthesis(bands, (heights[q // 2], widths[q % 2]), branch, (q >= 2, q % 2 == 1), file)
        for q, branch in enumerate(tree)
    ]
    top, bottom = (_join(parts[row], parts[row + 1], 1, is_high[1], file) for row in (0, 2))
    return _join(top, bottom, 0, is_high[0], file)


def _filtered(signal: np.ndarray, taps: np.ndarray) -> np.ndarray:
    """Along the first axis, mirrored about its first and last sample."""
    reach = len(taps) // 2
    padded = np.pad(signal, ((reach, reach), (0, 0)), mode="reflect")
    return sum(tap * padded[i : i + len(signal)] for i, tap in enumerate(taps))


def _alternating(taps: np.ndarray) -> np.ndarray:
    return taps * (-1.0) ** (np.arange(len(taps)) - len(taps) // 2)


def _halves(length: int, is_high: bool) -> tuple[int, int]:
    halves = (length + 1) // 2, length // 2
    return halves[::-1] if is_high else halves


def _shapes(file: WsqFile, shape=None, tree=_TREE, is_high=(False, False)) -> list[tuple[int, int]]:
    shape = (file.rows, file.cols) if shape is None else shape
    if tree == _LEAF:
        return [shape]
    heights, widths = (_halves(length, high) for length, high in zip(shape, is_high, strict=True))
    found = []
    for q, branch in enumerate(tree):
        found += _shapes(file, (heights[q // 2], widths[q % 2]), branch, (q >= 2, q % 2 == 1))
    return found


def _sizes(file: WsqFile) -> list[int]:
    return [rows * cols for rows, cols in _shapes(file)]


def _cut(file: WsqFile, numbers: np.ndarray) -> list[np.ndarray | None]:
    """The stream of indices, subband by subband, row by row."""
    found, at = [], 0
    for k, (rows, cols) in enumerate(_shapes(file)):
        if file.bin_width[k] == 0:
            found.append(None)
            continue
        found.append(numbers[at : at + rows * cols].reshape(rows, cols))
        at += rows * cols
    return found


# --- bytes ----------------------------------------------------------------------------------------------------------


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _decimal(data: bytes, at: int) -> float:
    """A count of digits behind the point in one byte, then 16 bits of digits."""
    return _u16(data, at + 1) / 10.0 ** data[at]


def _filters(body: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Lengths, then the right half of each filter from its centre: sign, digits behind the point, 32 bits."""
    at, found = 2, []
    for length in body[:2]:
        if length % 2 == 0:
            raise ValueError(f"filter of {length} taps: only odd ones are read here")
        half = []
        for _ in range(length // 2 + 1):
            value = int.from_bytes(body[at + 2 : at + 6], "big") / 10.0 ** body[at + 1]
            half.append(-value if body[at] else value)
            at += 6
        found.append(np.array(half[:0:-1] + half))
    return found[0], found[1]


def _huffman_codes(body: bytes) -> dict[int, list[tuple[int, int]]]:
    """Tables of a segment by number: for each 16 bits that may follow, the symbol and its length in bits."""
    found, at = {}, 0
    while at < len(body):
        number, counts, at = body[at], body[at + 1 : at + 17], at + 17
        table, code = [(0, 0)] * 65536, 0
        for length, count in enumerate(counts, 1):
            for _ in range(count):
                table[code << (16 - length) : (code + 1) << (16 - length)] = [(body[at], length)] * (1 << (16 - length))
                code, at = code + 1, at + 1
            code <<= 1
        found[number] = table
    return found


def _end_of_block(data: bytes, at: int) -> int:
    while data[at] != 0xFF or data[at + 1] == 0:
        at += 1
        if 0xB0 <= data[at + 1] <= 0xB7 and data[at] == 0xFF:
            raise ValueError("restart intervals are not read here")
    return at


def _decode(data: bytes, table: list[tuple[int, int]], wanted: int) -> np.ndarray:
    """Bin indices of a block: runs of zeros (symbols to 100, 105, 106), values (107 to 254), far ones (101 to 104)."""
    numbers, filled, bit, held = np.zeros(wanted, np.int64), 0, 0, 8 * len(data)
    data += bytes(4)

    def bits(count: int) -> int:
        nonlocal bit
        at = bit >> 3
        word = int.from_bytes(data[at : at + 4], "big") >> (32 - (bit & 7) - count)
        bit += count
        return word & ((1 << count) - 1)

    while filled < wanted:
        symbol, length = table[bits(16)]
        if length == 0:
            raise ValueError(f"no code at bit {bit - 16}")
        bit += length - 16
        if bit > held:
            raise ValueError(f"the block ends after {filled} of {wanted} indices")
        if symbol <= 100 or symbol in (105, 106):
            filled += symbol if symbol <= 100 else bits(8 * (symbol - 104))
            continue
        if symbol > 106:
            numbers[filled] = symbol - 180
        else:
            numbers[filled] = bits(8 if symbol <= 102 else 16) * (1 if symbol % 2 else -1)
        filled += 1
    return numbers
