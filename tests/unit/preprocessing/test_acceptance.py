"""What is refused, at the limit and just beyond it, with the reason and the number behind it."""

import numpy as np
import pytest

from fingerprint_engine.errors import FailureReason, FailureToExtract
from fingerprint_engine.preprocessing.acceptance import (
    AcceptanceParameters,
    require_area,
    require_contrast,
    require_narrow_ridges,
    require_ridges,
    require_size,
)

PARAMETERS = AcceptanceParameters(min_side_px=20, max_side_px=400, min_area_mm2=10.0)
PX_PER_MM = 500 / 25.4


def of_area(mm2):
    mask = np.zeros((300, 300), bool)
    mask.flat[: round(mm2 * PX_PER_MM**2)] = True
    return mask


CASES = {
    "too large": (
        lambda: require_size((30, 400), PARAMETERS),
        lambda: require_size((30, 401), PARAMETERS),
        FailureReason.INVALID_IMAGE,
        {"side_px": 401.0},
    ),
    "too small": (
        lambda: require_size((20, 400), PARAMETERS),
        lambda: require_size((19, 400), PARAMETERS),
        FailureReason.TOO_SMALL_AREA,
        {"side_px": 19.0},
    ),
    "grey": (
        lambda: require_contrast(np.full((9, 9), 2.5, np.float32), PARAMETERS),
        lambda: require_contrast(np.full((9, 9), 2.25, np.float32), PARAMETERS),
        FailureReason.NO_CONTRAST,
        {"contrast_levels": 2.25},
    ),
    "nothing": (
        lambda: require_area(of_area(10.01), PARAMETERS),
        lambda: require_area(of_area(0.0), PARAMETERS),
        FailureReason.NO_FINGERPRINT,
        {"area_mm2": 0.0},
    ),
    "a corner": (
        lambda: require_area(of_area(10.01), PARAMETERS),
        lambda: require_area(of_area(9.0), PARAMETERS),
        FailureReason.TOO_SMALL_AREA,
        {"area_mm2": 9.0},
    ),
    "noise": (
        lambda: require_ridges(0.5, 12, PARAMETERS),
        lambda: require_ridges(0.49, 12, PARAMETERS),
        FailureReason.NO_FINGERPRINT,
        {"coherence": 0.49, "quality": 12.0},
    ),
    "poor": (
        lambda: require_ridges(0.5, 12, PARAMETERS),
        lambda: require_ridges(0.9, 11, PARAMETERS),
        FailureReason.NO_FINGERPRINT,
        {"coherence": 0.9, "quality": 11.0},
    ),
    "edges": (
        lambda: require_narrow_ridges(0.25, 0.25),
        lambda: require_narrow_ridges(0.26, 0.25),
        FailureReason.NO_FINGERPRINT,
        {"wide_share": 0.26},
    ),
}


@pytest.mark.parametrize(("good", "bad", "reason", "measures"), CASES.values(), ids=CASES)
def test_the_limit_itself_is_accepted_and_what_lies_beyond_is_not(good, bad, reason, measures):
    good()
    with pytest.raises(FailureToExtract) as caught:
        bad()
    assert caught.value.reason is reason
    assert dict(caught.value.measures) == pytest.approx(measures, abs=0.01)
