"""Numbers of the template room."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.template.limits import MAX_MINUTIAE

_MCC = "Cappelli, Ferrara, Maltoni: Minutia Cylinder-Code, IEEE TPAMI 32 (2010), table 1"
RADIUS_RANGE_PX = (30.0, 150.0)
"""Radii of cylinders that templates may state."""


@dataclasses.dataclass(frozen=True, slots=True)
class TemplateParameters(Parameters):
    """How local descriptors are made of minutiae; its digest is stored in each template."""

    plain_minutiae: int = parameter(
        64,
        unit="minutiae",
        low=2,
        high=MAX_MINUTIAE,
        source="chosen: 64 keep a template under about 4 KB; plain prints hold 20 to 60",
    )
    cells_per_minutia: float = parameter(
        7.0,
        unit="cells of 16 px",
        low=1.0,
        high=1000.0,
        source="measured: plain and rolled prints have a minutia in 7 to 8 cells; docs/decisions/rolled-prints.md",
    )
    max_minutiae: int = parameter(
        MAX_MINUTIAE, unit="minutiae", low=2, high=MAX_MINUTIAE, source="what the count in a template can say"
    )
    radius_px: float = parameter(
        70.0, unit="px at 500 ppi", low=RADIUS_RANGE_PX[0], high=RADIUS_RANGE_PX[1], source=_MCC
    )
    spatial_sigma_px: float = parameter(28.0 / 3.0, unit="px at 500 ppi", low=2.0, high=30.0, source=_MCC)
    angular_sigma_rad: float = parameter(0.6981317007977318, unit="rad", low=0.1, high=1.6, source=_MCC + " (2π/9)")
    activation: float = parameter(
        0.005,
        unit="1/px",
        low=0.0,
        high=0.1,
        source="the bit form's threshold, same paper's section 5; 0.01 is the float form's",
    )
    hull_dilation_px: float = parameter(50.0, unit="px at 500 ppi", low=0.0, high=150.0, source=_MCC + " (Ω)")
    mask_dilation_px: float = parameter(
        10.0,
        unit="px at 500 ppi",
        low=0.0,
        high=50.0,
        source="chosen: about one ridge period, so that minutiae on the rim of the print keep their cells",
    )

    def kept_minutiae(self, cells: int) -> int:
        """How many minutiae are kept of a print of so many cells of 16 px: more of one that is larger than plain ones.

        By area and not as many as there are: of a plain print they stay the same, and in the overlap with one a rolled
        print has about as many as it.
        """
        return int(min(max(self.plain_minutiae, cells / self.cells_per_minutia), self.max_minutiae))
