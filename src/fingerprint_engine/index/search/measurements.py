"""What was measured on a gallery, as receipts report it and as the manifest keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RECALL, NON_MATED = "recall", "non_mated"
CALIBRATION = "calibration"
NOT_MEASURED = "not measured"
NOTHING_LEFT_OUT = "every eligible print was compared"


def recall_of(measurements: Mapping[str, Any], shortlist: str) -> tuple[float | None, str]:
    """Recall of a shortlist and what it was measured on; None where it was not."""
    if shortlist == "exact":
        return 1.0, NOTHING_LEFT_OUT
    found = measurements.get(RECALL)
    if found is None or found.get("shortlist") != shortlist:
        return None, NOT_MEASURED
    return float(found["recall"]), str(found["source"])


def threshold_shift(measurements: Mapping[str, Any]) -> tuple[float, str]:
    """What is added to the calibrated threshold, and where that comes from."""
    found = measurements.get(NON_MATED)
    if found is None:
        return 0.0, CALIBRATION
    return float(found["shift"]), str(found["source"])
