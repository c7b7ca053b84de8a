"""How much of a gallery each stage of a search looks at."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.parameters import Parameters, parameter

_MEASURED = "docs/decisions/shortlist.md"
REFERENCE_PRINTS = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class StageParameters(Parameters):
    """Sizes of the stages; a gallery of N prints passes on ``size * (N / 10,000) ** growth`` of them."""

    probe_minutiae: int = parameter(
        48, unit="minutiae", low=1, high=255, source=_MEASURED + ": more cost time and find nothing"
    )
    near_bits: int = parameter(54, unit="bits", low=1, high=128, source=_MEASURED)
    screened: int = parameter(400, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED)
    screened_growth: float = parameter(0.6, unit="1", low=0.0, high=1.0, source=_MEASURED)
    compared: int = parameter(60, unit="prints of 10,000", low=1, high=10_000, source=_MEASURED)
    compared_growth: float = parameter(0.4, unit="1", low=0.0, high=1.0, source=_MEASURED)

    def sizes(self, prints: int) -> tuple[int, int]:
        """Prints that are screened and prints that are compared, of so many."""
        factor = max(prints, 1) / REFERENCE_PRINTS
        screened = min(prints, max(self.screened, round(self.screened * factor**self.screened_growth)))
        compared = min(screened, max(self.compared, round(self.compared * factor**self.compared_growth)))
        return screened, compared


ALL_PAIRS = StageParameters(probe_minutiae=16, screened=100, screened_growth=0.0, compared=10, compared_growth=0.0)
"""For comparing all prints with each other, where a print's mate must only be among the few best of every search."""
