"""A stated resolution against the ridges: whether any finger has ridges as far apart as it makes them."""

from __future__ import annotations

import dataclasses

TYPICAL_PERIOD_PX = 8.8
"""Ridge to ridge on adults' fingers at 500 ppi, 0.45 mm: the median of 1,000 real prints of seven sensors."""
MIN_PERIOD_PX, MAX_PERIOD_PX = 6.3, 11.5
"""Medians of prints that fingers have at 500 ppi. Those of 1,000 adults' prints are 6.4 to 10.6. Newborn children
have 4 to 5 (Jain, Arora, Cao, Best-Rowden, Bhatnagar: Fingerprint recognition of young children, TIFS 12, 2017)."""
MAX_PERIOD_RATIO = 1.25
"""Between the medians of two prints of one finger. Of 1,820 mated pairs of uareu the largest is 1.13."""
_SMALL_CHILD_PX = 3.5


@dataclasses.dataclass(frozen=True, slots=True)
class ResolutionFinding:
    """What speaks against the resolution that was stated for a print.

    Attributes
    ----------
    stated_ppi
        Pixels per inch, from the caller or a file.
    median_period_px
        Median distance from ridge to ridge, in pixels at 500 ppi if the statement holds.
    """

    stated_ppi: float
    median_period_px: float

    @property
    def fitting_ppi(self) -> float:
        """The resolution at which the ridges would be as far apart as those of most adults; to 10 ppi."""
        return 10.0 * round(self.stated_ppi * self.median_period_px / TYPICAL_PERIOD_PX / 10.0)

    def as_dict(self) -> dict[str, float]:
        """Plain data for JSON."""
        return {
            "stated_ppi": self.stated_ppi,
            "fitting_ppi": self.fitting_ppi,
            "median_period_px": round(self.median_period_px, 2),
        }

    def __str__(self) -> str:
        child = _SMALL_CHILD_PX <= self.median_period_px < MIN_PERIOD_PX
        return (
            f"resolution: at the stated {self.stated_ppi:g} ppi ridges lie {self.median_period_px:.1f} px apart (at "
            f"500 ppi), on fingers {MIN_PERIOD_PX:g} to {MAX_PERIOD_PX:g}; about {self.fitting_ppi:g} ppi would fit"
            + (", or it is a small child's finger" if child else "")
        )


def resolution_finding(stated_ppi: float, median_period_px: float | None) -> ResolutionFinding | None:
    """What speaks against a stated resolution; None where nothing does, or where no ridges were measured."""
    if median_period_px is None or MIN_PERIOD_PX <= median_period_px <= MAX_PERIOD_PX:
        return None
    return ResolutionFinding(float(stated_ppi), float(median_period_px))


def period_ratio(first_px: float | None, second_px: float | None) -> float | None:
    """How many times farther apart ridges lie on one print than on another, at least 1; None where not known."""
    if first_px is None or second_px is None:
        return None
    return max(first_px, second_px) / min(first_px, second_px)
