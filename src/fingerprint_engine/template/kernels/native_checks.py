"""The full check of native template bytes, version 1: what a checksum cannot tell, since whoever forges writes it.

Every check answers with a fault and a number that its message names. All are total: whatever the bytes are, each index
is bounded by what was checked before.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels.descriptor_checks import wrong_descriptor
from fingerprint_engine.template.kernels.native import cylinder_word, native_layout, two_bytes

FAULTS = (
    "sound",
    "size",
    "mark",
    "stated size",
    "checksum",
    "version 0",
    "newer version",
    "counts",
    "finger",
    "impression",
    "quality",
    "rows",
    "columns",
    "resolution",
    "radius",
    "map size",
    "map place",
    "map shape",
    "name",
    "x",
    "y",
    "kind",
    "minutia quality",
    "order",
    "duplicate",
    "unused bits",
    "bits outside validity",
    "descriptor",
    "point x",
    "point y",
    "point kind",
    "orientation",
)
"""What can be wrong, in the order in which it is looked for; `template.native.check` has a sentence for each."""
(
    SOUND,
    SIZE,
    MARK,
    STATED_SIZE,
    CHECKSUM,
    VERSION_0,
    NEWER_VERSION,
    COUNTS,
    FINGER,
    IMPRESSION,
    QUALITY,
    ROWS,
    COLUMNS,
    RESOLUTION,
    RADIUS,
    MAP_SIZE,
    MAP_PLACE,
    MAP_SHAPE,
    NAME,
    X,
    Y,
    KIND,
    MINUTIA_QUALITY,
    ORDER,
    DUPLICATE,
    UNUSED_BITS,
    OUTSIDE_VALIDITY,
    DESCRIPTOR,
    POINT_X,
    POINT_Y,
    POINT_KIND,
    ORIENTATION,
) = range(len(FAULTS))
MIN_BYTES, CONTENT_AT, CHECKSUM_BYTES, DIGEST_AT, DIGEST_BYTES = 56, 52, 4, 18, 8
VERSION = 1
MAX_FINGER, MAX_PERCENT, UNKNOWN_QUALITY, MAX_KIND, MAX_POINT_KIND = 10, 100, 255, 2, 2
CELL_PX, CELLS, CYLINDER_WORDS = 16, 52, 7
ORIENTATION_STEPS, UNKNOWN_ORIENTATION = 128, 254


@kernel
def crc32(data, table):
    """The checksum of zlib and PNG, eight bytes at a time; `table[k]` is that of a byte followed by k zeros."""
    crc, whole = np.int64(0xFFFFFFFF), data.shape[0] // 8
    for step in range(whole):
        at = 8 * step
        crc ^= two_bytes(data, at) + 65536 * two_bytes(data, at + 2)
        crc = (
            table[7, crc & 0xFF] ^ table[6, (crc >> 8) & 0xFF] ^ table[5, (crc >> 16) & 0xFF] ^ table[4, crc >> 24]
            ^ table[3, data[at + 4]] ^ table[2, data[at + 5]] ^ table[1, data[at + 6]] ^ table[0, data[at + 7]]
        )  # fmt: skip
    for at in range(8 * whole, data.shape[0]):
        crc = table[0, (crc ^ data[at]) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


@kernel
def check_envelope(native, max_bytes, table):
    """Mark, size, checksum and version."""
    size = native.shape[0]
    if size < MIN_BYTES or size > max_bytes:
        return SIZE, size
    if native[0] != 70 or native[1] != 80 or native[2] != 69 or native[3] != 84:
        return MARK, 0
    stated = two_bytes(native, 6) + 65536 * two_bytes(native, 8)
    if stated != size:
        return STATED_SIZE, stated
    end = size - CHECKSUM_BYTES
    if crc32(native[:end], table) != two_bytes(native, end) + 65536 * two_bytes(native, end + 2):
        return CHECKSUM, 0
    version = two_bytes(native, 4)
    if version != VERSION:
        return VERSION_0 if version < VERSION else NEWER_VERSION, version
    return SOUND, 0


@kernel
def check_header(layout, size, limits, impressions):
    """Every field of fixed size; `limits` is a `template.native.check.Limits`, `impressions` says which codes exist."""
    if layout.end + CHECKSUM_BYTES != size:
        return COUNTS, layout.end + CHECKSUM_BYTES
    if layout.finger > MAX_FINGER:
        return FINGER, layout.finger
    if not impressions[layout.impression]:
        return IMPRESSION, layout.impression
    if layout.quality > MAX_PERCENT and layout.quality != UNKNOWN_QUALITY:
        return QUALITY, layout.quality
    if layout.rows_px < 1 or layout.rows_px > limits.max_side_px:
        return ROWS, layout.rows_px
    if layout.cols_px < 1 or layout.cols_px > limits.max_side_px:
        return COLUMNS, layout.cols_px
    if not limits.min_ppi <= layout.source_ppi <= limits.max_ppi:
        return RESOLUTION, layout.source_ppi
    if not limits.min_radius_px <= layout.radius_px <= limits.max_radius_px:
        return RADIUS, layout.radius_px
    cells = layout.rows * layout.cols
    if cells > limits.max_cells:
        return MAP_SIZE, cells
    if cells == 0 and (layout.rows + layout.cols + layout.first_row + layout.first_col > 0 or layout.has_period):
        return MAP_SHAPE, 0
    if layout.first_row + layout.rows > (layout.rows_px + CELL_PX - 1) // CELL_PX:
        return MAP_PLACE, layout.first_row + layout.rows
    if layout.first_col + layout.cols > (layout.cols_px + CELL_PX - 1) // CELL_PX:
        return MAP_PLACE, layout.first_col + layout.cols
    return SOUND, 0


@kernel
def check_minutiae(native, layout):
    """Positions, kinds, qualities, canonical order; no two minutiae at one place with one direction."""
    count, begin = layout.minutiae, layout.minutiae_at
    last_rank, last_y, last_x, last_code, last_kind = -2, 0, 0, 0, 0
    for i in range(count):
        x, y = two_bytes(native, begin + 2 * i), two_bytes(native, begin + 2 * (count + i))
        code, kind = np.int64(native[begin + 4 * count + i]), np.int64(native[begin + 5 * count + i])
        quality = np.int64(native[begin + 6 * count + i])
        if x >= 4 * layout.cols_px:
            return X, i
        if y >= 4 * layout.rows_px:
            return Y, i
        if kind > MAX_KIND:
            return KIND, i
        if quality > MAX_PERCENT and quality != UNKNOWN_QUALITY:
            return MINUTIA_QUALITY, i
        rank = 1 if quality == UNKNOWN_QUALITY else -quality
        if i > 0 and (rank, y, x, code, kind) < (last_rank, last_y, last_x, last_code, last_kind):
            return ORDER, i
        last_rank, last_y, last_x, last_code, last_kind = rank, y, x, code, kind
        for j in range(i):
            if (
                two_bytes(native, begin + 2 * j) == x
                and two_bytes(native, begin + 2 * (count + j)) == y
                and native[begin + 4 * count + j] == code
            ):
                return DUPLICATE, i
    return SOUND, 0


@kernel
def check_cylinders(native, layout):
    """Bits beyond the cells, and bits of sectors where the cell is not valid."""
    for i in range(layout.minutiae):
        valid = cylinder_word(native, layout.minutiae_at, layout.minutiae, i, CYLINDER_WORDS - 1)
        if valid >> np.uint64(CELLS) != np.uint64(0):
            return UNUSED_BITS, i
        for word in range(CYLINDER_WORDS - 1):
            if cylinder_word(native, layout.minutiae_at, layout.minutiae, i, word) & ~valid != np.uint64(0):
                return OUTSIDE_VALIDITY, i
    return SOUND, 0


@kernel
def check_points(native, layout):
    """Positions and kinds of singular points."""
    count, begin = layout.points, layout.points_at
    for i in range(count):
        if two_bytes(native, begin + 2 * i) >= 4 * layout.cols_px:
            return POINT_X, i
        if two_bytes(native, begin + 2 * (count + i)) >= 4 * layout.rows_px:
            return POINT_Y, i
        kind = native[begin + 5 * count + i]
        if kind < 1 or kind > MAX_POINT_KIND:
            return POINT_KIND, i
    return SOUND, 0


@kernel
def check_map(native, layout):
    """Codes of the ridge orientation; every code of a period is one."""
    for at in range(layout.orientation_at, layout.period_at):
        if ORIENTATION_STEPS <= native[at] < UNKNOWN_ORIENTATION:
            return ORIENTATION, native[at]
    return SOUND, 0


@kernel
def check_name(native, layout):
    """Control characters of ASCII in the name of the extractor, and whether there is anything but ASCII."""
    beyond = False
    for at in range(CONTENT_AT, CONTENT_AT + layout.name_bytes):
        if native[at] < 0x20 or native[at] == 0x7F:
            return NAME, at - CONTENT_AT, beyond
        beyond = beyond or native[at] >= 0x80
    return SOUND, 0, beyond


@kernel
def is_recomputable(native, descriptors):
    """Whether a template states the descriptor parameters that are known here."""
    different = 0
    for k in range(DIGEST_BYTES):
        different |= native[DIGEST_AT + k] ^ descriptors.digest[k]
    return different == 0


@kernel
def check_natives(data, offset, limits, impressions, table, descriptors, recompute, faults, found, named):
    """Check many templates: the fault of each, the number that its message names, and whether its name is not ASCII.

    Template t is ``data[offset[t] : offset[t + 1]]``. `descriptors` is a `Descriptors`, what cylinders are made with;
    `recompute` asks whether they are those of the minutiae.
    """
    for t in range(offset.shape[0] - 1):
        start, stop = offset[t], offset[t + 1]
        named[t] = False
        if start < 0 or stop > data.shape[0] or start > stop:
            faults[t], found[t] = SIZE, 0
            continue
        native = data[start:stop]
        fault, value = check_envelope(native, limits.max_bytes, table)
        if fault != SOUND:
            faults[t], found[t] = fault, value
            continue
        layout = native_layout(native)
        fault, number = check_header(layout, native.shape[0], limits, impressions)
        if fault == SOUND:
            fault, number, named[t] = check_name(native, layout)
        if fault == SOUND:
            fault, number = check_minutiae(native, layout)
        if fault == SOUND:
            fault, number = check_cylinders(native, layout)
        if fault == SOUND and is_recomputable(native, descriptors):
            if layout.radius_px != descriptors.radius_px:
                fault, number = RADIUS, layout.radius_px
            elif recompute:
                wrong = wrong_descriptor(native, layout, descriptors)
                if wrong >= 0:
                    fault, number = DESCRIPTOR, wrong
        if fault == SOUND:
            fault, number = check_points(native, layout)
        if fault == SOUND:
            fault, number = check_map(native, layout)
        faults[t], found[t] = fault, number
