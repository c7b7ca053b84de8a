"""Parameter objects: ranges are kept, digests tell them apart."""

import copy
import dataclasses
import math
import pickle

import pytest

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.synthesis.impressions.impression import ImpressionParameters
from fingerprint_engine.synthesis.impressions.mark import MarkParameters
from fingerprint_engine.synthesis.impressions.rolling import RollingParameters
from fingerprint_engine.synthesis.slaps.hand_pose import PoseParameters
from fingerprint_engine.tenprint.segmentation.hand_shape import HandParameters
from fingerprint_engine.tenprint.segmentation.ridge_grid import RidgeGridParameters


@dataclasses.dataclass(frozen=True, slots=True)
class Inner(Parameters):
    sigma_px: float = parameter(2.0, unit="px", low=0.5, high=9.0, source="test")


@dataclasses.dataclass(frozen=True, slots=True)
class Outer(Parameters):
    inner: Inner = Inner()
    count: int = parameter(3, unit="1", low=1, high=10, source="test")


@dataclasses.dataclass(frozen=True, slots=True)
class Twin(Parameters):
    sigma_px: float = parameter(2.0, unit="px", low=0.5, high=9.0, source="test")


@pytest.mark.parametrize("value", [0.4, 9.1, math.nan, math.inf, -math.inf, "2", None, True])
def test_a_number_outside_its_range_is_refused_by_name(value):
    with pytest.raises(ParameterError, match=r"Inner\.sigma_px: expected"):
        Inner(value)


@pytest.mark.parametrize("value", [0.5, 9.0, 2])
def test_the_ends_of_the_range_are_in(value):
    assert Inner(value).sigma_px == value


def test_whole_numbers_stay_whole():
    with pytest.raises(ParameterError, match=r"Outer\.count: expected a whole number, got 3\.0"):
        Outer(count=3.0)


def test_digest_is_eight_bytes_and_stable_across_releases():
    assert Inner().digest() == Inner(2.0).digest()
    assert len(Inner().digest()) == 8
    assert Inner().digest().hex() == "86f717358b33197f"


def test_digest_differs_with_any_number_and_any_type():
    digests = {one.digest() for one in (Inner(), Inner(2.5), Outer(), Outer(Inner(2.5)), Outer(count=4), Twin())}
    assert len(digests) == 6


def test_equal_parameters_have_one_hash_however_they_were_made():
    made = Outer(Inner(3.0), 4)
    assert hash(made) == hash(made) == hash(Outer(Inner(3), 4)) == hash(copy.copy(made))
    assert hash(made) == hash(pickle.loads(pickle.dumps(made)))
    assert len({made, Outer(Inner(3.0), 4), Outer(Inner(3.0), 5), Inner(3.0), Twin(3.0)}) == 4


@dataclasses.dataclass(frozen=True, slots=True)
class Hashed(Inner):
    def __hash__(self) -> int:
        return 7


def test_a_hash_of_ones_own_stays():
    assert hash(Hashed()) == 7


def test_parameters_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Inner().sigma_px = 3.0


def test_the_representation_shows_what_differs_and_makes_the_same_object():
    assert repr(Outer()) == "Outer()"
    changed = Outer(Inner(4.0), 5)
    assert repr(changed) == "Outer(inner=Inner(sigma_px=4.0), count=5)"
    assert eval(repr(changed)) == changed


@dataclasses.dataclass(frozen=True, slots=True)
class Ramp(Parameters):
    none: float = parameter(0.2, unit="1", low=0.0, high=1.0, source="test")
    full: float = parameter(0.6, unit="1", low=0.0, high=1.0, source="test", above="none")


@pytest.mark.parametrize("full", [0.2, 0.1])
def test_the_upper_end_of_a_ramp_lies_above_the_lower(full):
    with pytest.raises(ParameterError, match=rf"Ramp\.full: expected more than none, 0\.2, got {full}"):
        Ramp(full=full)
    assert Ramp(none=0.0, full=full).full == full


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (HandParameters, "min_contrast", "full_contrast"),
        (HandParameters, "min_response", "full_response"),
        (HandParameters, "min_dark", "full_dark"),
        (RidgeGridParameters, "low_coherence", "high_coherence"),
    ],
)
def test_no_ramp_of_slaps_divides_by_nothing(kind, low, high):
    with pytest.raises(ParameterError, match=f"{high}: expected more than {low}"):
        kind(**{low: 0.5, high: 0.5})


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (MarkParameters, "area_low_mm2", "area_high_mm2"),
        (MarkParameters, "spoiled_low", "spoiled_high"),
        (ImpressionParameters, "contact_low", "contact_high"),
        (ImpressionParameters, "degradation_low", "degradation_high"),
        (RollingParameters, "part_low", "part_high"),
        (PoseParameters, "spread_low", "spread_high"),
        (PoseParameters, "size_low", "size_high"),
    ],
)
def test_limits_between_which_is_drawn_may_be_equal_but_not_crossed(kind, low, high):
    least = {field.name: field.metadata.get("low") for field in dataclasses.fields(kind)}[low]
    equal = kind(**{low: least + 0.25, high: least + 0.25})
    assert getattr(equal, high) == getattr(equal, low)
    with pytest.raises(ParameterError, match=rf"{kind.__name__}\.{high}: expected at least {low}, {least + 0.25}"):
        kind(**{low: least + 0.25, high: least})
