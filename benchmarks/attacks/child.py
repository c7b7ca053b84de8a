"""The process in which crafted inputs are tried: ``python -m benchmarks.attacks.child MODULE SEED PLACE NUMBER ...``.

Says on its standard output what it is about to try and what came of it, one line of JSON each, so that whoever reads
knows at which input and door it ended.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from benchmarks.attacks.kinds import generator, kind_of
from benchmarks.attacks.trial import attempt, limit_address_space, quiet


def main(words: list[str]) -> None:
    module, seed, place, *numbers = words
    faulthandler.enable()
    limit_address_space()
    with os.fdopen(os.dup(1), "w", buffering=1) as say:
        try_all(module, int(seed), Path(place), map(int, numbers), say)


def try_all(module: str, seed: int, place: Path, numbers: Iterable[int], say: TextIO) -> None:
    """Craft inputs and let each through all doors."""
    kind = kind_of(module, place)
    for door in kind.doors.values():
        with quiet():
            door(kind.sound)
    for number in numbers:
        crafted = kind.craft(generator(seed, module, number))
        for door in kind.doors:
            print(json.dumps({"number": number, "door": door}), file=say)
            finding = attempt(number, door, crafted, kind)
            print(json.dumps(dataclasses.asdict(finding)), file=say)


if __name__ == "__main__":
    main(sys.argv[1:])
