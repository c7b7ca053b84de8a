"""Scratch arrays are kept for the next comparison: making them takes a tenth of the time of one."""

from __future__ import annotations

from fingerprint_engine.matching.kernels.layout import Scratch, make_scratch

_MAX_SPARE = 16
"""Chosen: more threads than most machines have cores; beyond, arrays are made anew."""
_spare: list[Scratch] = []
"""Those that nobody works in. Threads share the list: taking one and giving one back are one step each."""


def take_scratch(minutiae: int, max_pairs: int) -> Scratch:
    """Scratch arrays for templates of at most so many minutiae, used before or new; what they hold says nothing."""
    try:
        found = _spare.pop()
    except IndexError:
        return make_scratch(minutiae, max_pairs)
    if found.row.shape[0] < minutiae or found.pair_a.shape[0] < max_pairs:
        return make_scratch(max(minutiae, found.row.shape[0]), max(max_pairs, found.pair_a.shape[0]))
    return found


def give_back(scratch: Scratch) -> None:
    """Keep scratch arrays that the caller has finished with."""
    if len(_spare) < _MAX_SPARE:
        _spare.append(scratch)
