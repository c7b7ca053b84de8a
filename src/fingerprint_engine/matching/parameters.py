"""Numbers of the matching room, and their translation into what the kernels take."""

from __future__ import annotations

import dataclasses
import functools
import math

from fingerprint_engine.matching.kernels.layout import Settings, Tables, make_tables
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.template.cylinders import CELLS
from fingerprint_engine.template.quantization import DIRECTION_STEPS

_MCC = "Cappelli, Ferrara, Maltoni: Minutia Cylinder-Code, IEEE TPAMI 32 (2010), table 1"
_CHOSEN = "chosen; see docs/decisions/matching.md"


@dataclasses.dataclass(frozen=True, slots=True)
class MatchingParameters(Parameters):
    """How two templates are compared. The calibration that ships with the package holds for the defaults."""

    least_quality: int = parameter(
        50,
        unit="1",
        low=0,
        high=100,
        source="chosen: what is likelier invented than found again is not compared; docs/decisions/matching.md",
    )
    enough_minutiae: int = parameter(
        20, unit="minutiae", low=2, high=255, source="chosen: so many of the best are compared whatever their quality"
    )
    min_common_share: float = parameter(0.5, unit="1", low=0.0, high=1.0, source=_CHOSEN + " (MCC's min_ME is 0.6)")
    texture_floor: float = parameter(0.25, unit="1", low=0.0, high=1.0, source=_CHOSEN)
    texture_unknown: float = parameter(
        0.7,
        unit="1",
        low=-1.0,
        high=1.0,
        source="chosen: non-mated pairs without ridge flow then reach the similarity of those with it",
    )
    max_pairs: int = parameter(24, unit="pairs", low=2, high=255, source=_CHOSEN)
    relaxation_steps: int = parameter(5, unit="steps", low=0, high=50, source=_MCC + " (n_rel)")
    relaxation_weight: float = parameter(0.5, unit="1", low=0.0, high=1.0, source=_MCC + " (w_R)")
    length_middle_px: float = parameter(10.0, unit="px at 500 ppi", low=1.0, high=30.0, source=_CHOSEN + " (MCC: 5)")
    length_slope: float = parameter(-0.8, unit="1/px", low=-10.0, high=0.0, source=_CHOSEN + " (MCC: -1.6)")
    length_limit_px: float = parameter(24.0, unit="px at 500 ppi", low=4.0, high=60.0, source=_CHOSEN)
    direction_middle_rad: float = parameter(math.pi / 12, unit="rad", low=0.05, high=1.5, source=_MCC + " (mu_2)")
    direction_slope: float = parameter(-30.0, unit="1/rad", low=-100.0, high=0.0, source=_MCC + " (tau_2)")
    bearing_middle_rad: float = parameter(math.pi / 12, unit="rad", low=0.05, high=1.5, source=_MCC + " (mu_3)")
    bearing_slope: float = parameter(-30.0, unit="1/rad", low=-100.0, high=0.0, source=_MCC + " (tau_3)")
    min_top: int = parameter(4, unit="pairs", low=1, high=64, source=_MCC + " (min_nP)")
    max_top: int = parameter(8, unit="pairs", low=1, high=64, source=_CHOSEN + " (MCC: 12)")
    top_slope: float = parameter(0.4, unit="1/minutia", low=0.0, high=5.0, source=_MCC + " (tau_P)")
    top_middle: float = parameter(20.0, unit="minutiae", low=0.0, high=100.0, source=_MCC + " (mu_P)")
    reject_below: float = parameter(0.018, unit="1", low=0.0, high=1.0, source=_CHOSEN)
    reject_below_without_flow: float = parameter(
        0.010,
        unit="1",
        low=0.0,
        high=1.0,
        source="chosen: rejects about as many non-mated pairs; docs/decisions/matching.md",
    )
    near_reach_px: float = parameter(150.0, unit="px at 500 ppi", low=10.0, high=1000.0, source=_CHOSEN)
    near_slack_px: float = parameter(4.0, unit="px at 500 ppi", low=0.5, high=20.0, source=_CHOSEN)
    near_stretch: float = parameter(0.25, unit="px/px", low=0.0, high=1.0, source=_CHOSEN)
    near_stretch_without_flow: float = parameter(
        0.15, unit="px/px", low=0.0, high=1.0, source=_CHOSEN + ": there ridge counts cannot say what is wrong"
    )
    near_turn_rad: float = parameter(0.4, unit="rad", low=0.05, high=1.5, source=_CHOSEN)
    near_steps: int = parameter(4, unit="steps", low=0, high=50, source=_CHOSEN)
    near_half: float = parameter(1.0, unit="pairs", low=0.01, high=100.0, source=_CHOSEN)
    near_least: float = parameter(0.05, unit="1", low=0.0, high=1.0, source=_CHOSEN)
    settle_rounds: int = parameter(3, unit="rounds", low=0, high=20, source=_CHOSEN)
    settle_px: float = parameter(30.0, unit="px at 500 ppi", low=1.0, high=200.0, source=_CHOSEN)
    refinements: int = parameter(2, unit="rounds", low=1, high=10, source=_CHOSEN)
    position_tolerance_px: float = parameter(18.0, unit="px at 500 ppi", low=2.0, high=50.0, source=_CHOSEN)
    angle_tolerance_rad: float = parameter(math.radians(26.0), unit="rad", low=0.05, high=1.5, source=_CHOSEN)
    final_tolerance_px: float = parameter(14.0, unit="px at 500 ppi", low=2.0, high=50.0, source=_CHOSEN)
    rigid_arm_px: float = parameter(20.0, unit="px at 500 ppi", low=0.0, high=100.0, source=_CHOSEN)
    affine_ridge_px2: float = parameter(2000.0, unit="px²", low=1.0, high=1e6, source=_CHOSEN)
    warp_sigma_px: float = parameter(50.0, unit="px at 500 ppi", low=10.0, high=500.0, source=_CHOSEN)
    warp_prior: float = parameter(0.5, unit="matches", low=0.01, high=100.0, source=_CHOSEN)
    warp_ridge_px2: float = parameter(3000.0, unit="px²", low=1.0, high=1e6, source=_CHOSEN)
    trust_rounds: int = parameter(2, unit="rounds", low=0, high=20, source=_CHOSEN)
    trust_px: float = parameter(8.0, unit="px at 500 ppi", low=0.5, high=50.0, source=_CHOSEN)


_CODES_PER_RAD = DIRECTION_STEPS / (2.0 * math.pi)


@functools.lru_cache(maxsize=16)
def settings_of(parameters: MatchingParameters) -> Settings:
    """The parameters in the kernels' units."""
    return Settings(
        least_quality=parameters.least_quality,
        enough_minutiae=parameters.enough_minutiae,
        min_cells=round(parameters.min_common_share * CELLS),
        texture_floor=parameters.texture_floor,
        texture_unknown=parameters.texture_unknown,
        max_pairs=parameters.max_pairs,
        relaxation_steps=parameters.relaxation_steps,
        relaxation_weight=parameters.relaxation_weight,
        length_limit_px=parameters.length_limit_px,
        min_top=parameters.min_top,
        max_top=parameters.max_top,
        top_slope=parameters.top_slope,
        top_middle=parameters.top_middle,
        reject_below=parameters.reject_below,
        reject_below_without_flow=parameters.reject_below_without_flow,
        near_reach_px=parameters.near_reach_px,
        near_slack_px=parameters.near_slack_px,
        near_stretch=parameters.near_stretch,
        near_stretch_without_flow=parameters.near_stretch_without_flow,
        near_turn_rad=parameters.near_turn_rad,
        near_steps=parameters.near_steps,
        near_half=parameters.near_half,
        near_least=parameters.near_least,
        settle_rounds=parameters.settle_rounds,
        settle_px=parameters.settle_px,
        refinements=parameters.refinements,
        position_tolerance_px=parameters.position_tolerance_px,
        angle_tolerance=parameters.angle_tolerance_rad * _CODES_PER_RAD,
        final_tolerance_px=parameters.final_tolerance_px,
        rigid_arm_px=parameters.rigid_arm_px,
        affine_ridge=parameters.affine_ridge_px2,
        warp_sigma_px=parameters.warp_sigma_px,
        warp_prior=parameters.warp_prior,
        warp_ridge=parameters.warp_ridge_px2,
        trust_rounds=parameters.trust_rounds,
        trust_px=parameters.trust_px,
    )


@functools.lru_cache(maxsize=16)
def tables_of(parameters: MatchingParameters) -> Tables:
    """Lookup tables of the consistency terms."""
    return make_tables(
        (parameters.length_middle_px, parameters.length_slope),
        (parameters.direction_middle_rad, parameters.direction_slope),
        (parameters.bearing_middle_rad, parameters.bearing_slope),
        parameters.length_limit_px,
    )
