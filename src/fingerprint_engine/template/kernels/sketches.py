"""Sketches: from cylinder bits to 128 bits that similar neighbourhoods share."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import kernel, popcount
from fingerprint_engine.template.kernels.native import cylinder_word, locate_minutiae

BITS = 128


@kernel
def sketch_one(words, weights, bias, sums, sketch):
    """Two words of a minutia: bit k is set where the weights of its cylinder's set bits and the bias sum to above zero.

    Whole numbers, so that every machine gets the same bits; the fit keeps all sums within 16 bits.
    """
    cells = (np.uint64(1) << np.uint64(weights.shape[1])) - np.uint64(1)
    for k in range(BITS):
        sums[k] = bias[k]
    for word in range(weights.shape[0]):
        bits = words[word] & cells
        while bits != np.uint64(0):
            rest = bits & (bits - np.uint64(1))
            row = weights[word, popcount((bits ^ rest) - np.uint64(1))]
            for k in range(BITS):
                sums[k] += row[k]
            bits = rest
    for half in range(2):
        found = np.uint64(0)
        for k in range(64):
            if sums[64 * half + k] > 0:
                found |= np.uint64(1) << np.uint64(k)
        sketch[half] = found


@kernel
def sums_of_native(native, weights, bias, sums):
    """The sums of the first minutiae of a template, whose signs are its sketches; bytes that are none leave `sums`.

    The farther a sum lies from 0, the more likely another impression has the same bit.
    """
    words, sketch = np.empty(weights.shape[0], np.uint64), np.empty(2, np.uint64)
    count, begin = locate_minutiae(native)
    for i in range(min(count, sums.shape[0])):
        for word in range(weights.shape[0]):
            words[word] = cylinder_word(native, begin, count, i, word)
        sketch_one(words, weights, bias, sums[i], sketch)


@kernel
def sketch_natives(data, offset, weights, bias, sketches):
    """Sketch native templates: `sketches[t]` holds the first words of its minutiae, then their second words.

    Slots beyond the number of minutiae repeat the first one. Bytes that are no sound template leave zeros.
    """
    slots = sketches.shape[1] // 2
    sums = np.empty(BITS, np.int16)
    words = np.empty(weights.shape[0], np.uint64)
    sketch = np.empty(2, np.uint64)
    for t in range(offset.shape[0] - 1):
        row = sketches[t]
        row[:] = np.uint64(0)
        if offset[t] < 0 or offset[t + 1] > data.shape[0] or offset[t] > offset[t + 1]:
            continue
        native = data[offset[t] : offset[t + 1]]
        count, begin = locate_minutiae(native)
        for i in range(slots):
            if i < count:
                for word in range(weights.shape[0]):
                    words[word] = cylinder_word(native, begin, count, i, word)
                sketch_one(words, weights, bias, sums, sketch)
                row[i], row[slots + i] = sketch[0], sketch[1]
            elif count > 0:
                row[i], row[slots + i] = row[0], row[slots]
