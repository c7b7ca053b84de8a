"""Altered bundles, records and files of keys: refused with a typed error; in the post, every alteration is.

`benchmarks.agencies.mutations` does the same a thousand times a file, with limits of time and memory.
"""

import numpy as np
import pytest

pytest.importorskip("joserfc")

from benchmarks.agencies.mutations import SEED, subjects, typed
from benchmarks.exchange.mutations import attack, mutations


def test_altered_bundles_records_and_keys(tmp_path):
    for number, (name, data, reader, must_refuse) in enumerate(subjects(tmp_path)):
        assert attack(typed(reader), data)[0] == "read", name
        for altered in mutations(data, 60, np.random.default_rng([SEED, number])):
            outcome, _ = attack(typed(reader), altered)
            assert outcome == "refused" or (outcome == "read" and not (must_refuse and altered != data)), name
