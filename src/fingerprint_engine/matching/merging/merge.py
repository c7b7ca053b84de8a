"""`merge`: several impressions of one finger as one template.

Impressions are laid on the best of them one after another, each by its own comparison with what was merged so far. What
several show gains quality, what only one shows although others cover the place loses it, and the area grows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching.matcher import Matcher, compare
from fingerprint_engine.matching.merging.merged_area import MergedArea
from fingerprint_engine.matching.merging.seen_minutiae import SeenMinutiae
from fingerprint_engine.matching.parameters import MatchingParameters
from fingerprint_engine.minutiae import SingularPoints
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.template import Template, TemplateParameters, build_template

_CHOSEN = "chosen on uareu; see docs/decisions/merged-prints.md"
MAX_MERGED = 16
"""Chosen: more impressions of one finger than anybody takes."""


@dataclasses.dataclass(frozen=True, slots=True)
class MergeParameters(Parameters):
    """Numbers of `merge`."""

    min_score: float = parameter(
        25.0,
        unit="score",
        low=0.0,
        high=200.0,
        source=_CHOSEN + "; that they are of one finger is stated by the caller",
    )
    fade: float = parameter(0.85, unit="1", low=0.0, high=1.0, source=_CHOSEN)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """What comes of several impressions.

    Attributes
    ----------
    template
        One template of all that fit together.
    used, left_out
        Places of the impressions in the template, and of the others, in rising order.
    """

    template: Template
    used: tuple[int, ...]
    left_out: tuple[int, ...]


_DEFAULT_PARAMETERS = MergeParameters()
_OF_ALL = MatchingParameters(least_quality=0)
"""What is doubted of one impression is believed when another shows it as well."""


def merge(templates: Sequence[Template], parameters: MergeParameters = _DEFAULT_PARAMETERS) -> Merged:
    """Make one template of several impressions of one finger.

    Parameters
    ----------
    templates
        One to `MAX_MERGED`; their order does not matter. Singular points, quality, finger, kind of impression and
        resolution are those of the best of them.
    parameters
        Defaults unless given.

    Raises
    ------
    InputError
        When there are none or too many, one is no template, or what they are made of cannot be put together: other
        parameters of the descriptors than the defaults, or a larger area than a template holds.
    IncompatibleTemplates
        When they were made with different parameters.
    """
    if isinstance(templates, Template) or not isinstance(templates, Sequence):
        raise InputError(f"templates: expected several templates, got {type(templates).__name__}")
    prints = list(templates)
    if not 1 <= len(prints) <= MAX_MERGED:
        raise InputError(f"templates: expected 1 to {MAX_MERGED}, got {len(prints)}")
    scores = np.array([Matcher(one, _OF_ALL).scores(prints) for one in prints])
    scores[scores < parameters.min_score] = 0.0  # so that a print of somebody else has no say
    np.fill_diagonal(scores, 0.0)
    wanted = TemplateParameters().digest()
    if prints[0].descriptor_digest != wanted:
        found = prints[0].descriptor_digest.hex()
        raise InputError(f"templates: expected descriptors made with parameters {wanted.hex()}, got {found}")
    first, *waiting = sorted(range(len(prints)), key=lambda at: (-scores[at].sum(), prints[at].content_key))
    like = merged = prints[first]
    used, left_out = [first], list[int]()
    seen, area = SeenMinutiae.of(like), MergedArea.of(like)
    while waiting:
        at = waiting.pop(int(np.argmax([scores[at, used].max() for at in waiting])))
        comparison = compare(merged, prints[at], _OF_ALL)
        if comparison.transform is None or comparison.score < parameters.min_score:
            left_out.append(at)
            continue
        used.append(at)
        right, down = (0.0, 0.0) if merged is like else area.shift_px
        back = comparison.transform.inverse()
        carried = RigidTransform(back.rotation_rad, back.shift_x_px - right, back.shift_y_px - down)
        seen = seen.with_another(prints[at], carried, comparison.pairs, seen.rows_of(merged, right, down), area)
        area = area.with_another(prints[at], carried)
        merged = _template(seen, area, like, parameters)
    return Merged(merged, tuple(sorted(used)), tuple(sorted(left_out)))


def _template(seen: SeenMinutiae, area: MergedArea, like: Template, parameters: MergeParameters) -> Template:
    """What was merged so far, moved to where its area begins."""
    mask = area.mask()
    right, down = area.shift_px
    made = build_template(
        seen.minutiae(right, down, mask.shape, parameters.fade),
        _moved(like.singular_points, right, down),
        shape=mask.shape,
        mask=mask,
        quality=like.quality,
        finger=like.finger,
        impression=like.impression,
        source_ppi=like.source_ppi,
        extractor=like.extractor,
        parameters_digest=like.parameters_digest,
    )
    return dataclasses.replace(made, coarse_map=area.coarse_map())


def _moved(points: SingularPoints, right: float, down: float) -> SingularPoints:
    return dataclasses.replace(points, x=points.x + np.float32(right), y=points.y + np.float32(down))
