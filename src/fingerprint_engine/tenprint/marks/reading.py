"""`read_mark`: from an image with regions, and minutiae that somebody marked, to templates."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureToExtract, ImageError, InputError, ParameterError
from fingerprint_engine.extractors import Reading
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import CANONICAL_PPI, mm_to_px
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, template_of
from fingerprint_engine.preprocessing import FingerprintImage, cut_to_print, ridge_spacing
from fingerprint_engine.preprocessing.image import shape_at_500
from fingerprint_engine.preprocessing.print_place import ALIGNED_PX, place_of_print
from fingerprint_engine.template import Template, build_template, placed
from fingerprint_engine.tenprint.marks.evening import evened
from fingerprint_engine.tenprint.marks.mark import Mark, MarkReading, Reader, Upright
from fingerprint_engine.tenprint.marks.region import MarkRegion, independent, inside

EXAMINER = "examiner"
"""What templates record as extractor."""


@dataclasses.dataclass(frozen=True, slots=True)
class MarkParameters(Parameters):
    """Numbers of `read_mark`."""

    pipeline: PipelineParameters = DEFAULT_PARAMETERS
    max_regions: int = parameter(16, unit="regions", low=1, high=100, source="chosen: more is a drawing, not a mark")
    margin_mm: float = parameter(
        2.0, unit="mm", low=0.0, high=20.0, source="chosen: ground around a region, for the network"
    )
    evened_px: float = parameter(
        18.0, unit="px at 500 ppi", low=5.0, high=100.0, source="chosen on synthetic marks: two ridge periods"
    )


_DEFAULT = MarkParameters()


class _Part(NamedTuple):
    """A region cut out of an image; corners and origin in pixels at 500 ppi, centres of blocks with contrast beside."""

    image: FingerprintImage
    corners: NDArray[np.float64] | None
    row_px: int
    col_px: int
    spots: NDArray[np.float64]


def read_mark(
    image: FingerprintImage,
    regions: Sequence[MarkRegion] = (),
    *,
    minutiae: Minutiae | None = None,
    singular_points: SingularPoints | None = None,
    upright: Upright | None = None,
    finger: Finger = Finger.UNKNOWN,
    parameters: MarkParameters = _DEFAULT,
) -> Mark:
    """Make the templates of a mark.

    Parameters
    ----------
    image
        Dark ridges on light ground.
    regions
        Where ridges of the mark are. None: all of the image is one region, and the print is looked for in it. Regions
        of one image are of one finger; each is read on its own, and those that overlap are readings of one region.
    minutiae, singular_points
        What an examiner marked, in pixels at 500 ppi of the image. They become readings of their own, beside those of
        the engine.
    upright
        Where the end of the finger points, if somebody says.
    finger
        Kept in the templates as it is.
    parameters
        Numbers.

    Raises
    ------
    FailureToExtract
        When no region can be read and nobody marked minutiae; of the first region.
    ImageError, ParameterError, InputError
        When an argument is not what it should be.
    """
    if not isinstance(image, FingerprintImage):
        raise ImageError(f"image: expected a FingerprintImage (see load_image), got {type(image).__name__}")
    chosen = _checked(regions, image, parameters.max_regions)
    shape = shape_at_500(image)
    for name, value, kind in (("minutiae", minutiae, Minutiae), ("upright", upright, Upright)):
        if value is not None and not isinstance(value, kind):
            raise InputError(f"{name}: expected {kind.__name__} or None, got {type(value).__name__}")
    readings: list[MarkReading] = []
    unread: dict[int, FailureToExtract] = {}
    for region, number in chosen:
        try:
            looks = _looks(_cut(image, region, parameters), shape, finger, parameters)
            second = looks[1] if len(looks) > 1 else None
            readings.append(MarkReading(looks[0], number, Reader.ENGINE, upright, second, region is not None))
        except FailureToExtract as failure:
            unread.setdefault(number, failure)
        if minutiae is not None:
            marked = _marked(minutiae, singular_points, region, image, finger, parameters.pipeline)
            if marked is not None:
                readings.append(MarkReading(marked, number, Reader.EXAMINER, upright))
    if not readings:
        raise next(iter(unread.values()))
    return Mark(tuple(readings), 1 + max(number for _, number in chosen), unread)


def mark_of_templates(templates: Sequence[Template], *, upright: Upright | None = None) -> Mark:
    """A mark of minutiae that somebody marked, without an image: a template of each region.

    Parameters
    ----------
    templates
        Such as those of Type-9 records; made with the parameters of the galleries that will be searched.
    upright
        As in `read_mark`.

    Raises
    ------
    InputError
        When they are not templates, or none.
    """
    for one in templates:
        if not isinstance(one, Template):
            raise InputError(f"templates: expected Templates, got {type(one).__name__}")
    readings = tuple(MarkReading(one, number, Reader.EXAMINER, upright) for number, one in enumerate(templates))
    return Mark(readings, len(templates))


def _checked(
    regions: Sequence[MarkRegion], image: FingerprintImage, max_regions: int
) -> list[tuple[MarkRegion | None, int]]:
    """The regions with their numbers, each on the image; one that is all of it where there are none."""
    if len(regions) > max_regions:
        raise ParameterError(f"regions: expected at most {max_regions}, got {len(regions)}")
    rows, cols = image.shape
    for number, region in enumerate(regions):
        if not isinstance(region, MarkRegion):
            raise ParameterError(f"regions[{number}]: expected a MarkRegion, got {type(region).__name__}")
        left, right, top, bottom = region.bounds()
        if left < -1.0 or top < -1.0 or right > cols or bottom > rows:
            raise ParameterError(
                f"regions[{number}]: expected corners on an image of {cols} x {rows} px, "
                f"got x {left:g} to {right:g}, y {top:g} to {bottom:g}"
            )
    return list(zip(regions, independent(regions, image.shape), strict=True)) if regions else [(None, 0)]


def _cut(image: FingerprintImage, region: MarkRegion | None, parameters: MarkParameters) -> _Part:
    """A region with a margin, its origin on a cell of templates; without a region where the print lies."""
    if region is None:
        found = cut_to_print(image, parameters.pipeline.place)
        return _Part(found.image, None, found.row_px, found.col_px, found.spots)
    scale, margin = CANONICAL_PPI / image.ppi, mm_to_px(parameters.margin_mm, image.ppi)
    left, right, top, bottom = region.bounds()
    col_px, row_px = (int(max(0.0, low - margin) * scale) // ALIGNED_PX * ALIGNED_PX for low in (left, top))
    rows = slice(round(row_px / scale), math.ceil(min(image.shape[0], bottom + margin + 1)))
    cols = slice(round(col_px / scale), math.ceil(min(image.shape[1], right + margin + 1)))
    part = FingerprintImage(np.ascontiguousarray(image.pixels[rows, cols]), image.ppi)
    spots = place_of_print(part.pixels, part.ppi, parameters.pipeline.place).spots
    return _Part(part, region.scaled(scale, col_px, row_px), row_px, col_px, spots)


def _looks(part: _Part, shape: tuple[int, int], finger: Finger, parameters: MarkParameters) -> list[Template]:
    """Templates of a part as it is and evened, in the coordinates of the whole image; those of them that can be read.

    Raises
    ------
    FailureToExtract
        When neither can; of the first.
    """
    pipeline = parameters.pipeline
    extractor = pipeline.reading.extractor()
    spacing_px = ridge_spacing(part.image.pixels, part.image.ppi, part.spots, pipeline.spacing)
    looks: list[Template] = []
    failures: list[FailureToExtract] = []
    for picture in (part.image, evened(part.image, parameters.evened_px)):
        try:
            template = template_of(
                _within(extractor.read(picture), part.corners),
                finger=finger,
                impression=Impression.LATENT,
                source_ppi=picture.ppi,
                extractor=extractor.name,
                spacing_px=spacing_px,
                parameters=pipeline,
            )
        except FailureToExtract as failure:
            failures.append(failure)
            continue
        looks.append(placed(template, part.row_px, part.col_px, shape))
    if not looks:
        raise failures[0]
    return looks


def _within(reading: Reading, corners: NDArray[np.float64] | None) -> Reading:
    """What was read inside an outline."""
    if corners is None:
        return reading
    mask = reading.maps.mask & inside(corners, reading.maps.shape)
    return Reading(dataclasses.replace(reading.maps, mask=mask), _on(reading.minutiae, mask))


def _on(minutiae: Minutiae, mask: NDArray[np.bool_]) -> Minutiae:
    """Minutiae that lie on a mask."""
    rows, cols = (np.rint(values).astype(np.intp) for values in (minutiae.y, minutiae.x))
    there = (rows >= 0) & (cols >= 0) & (rows < mask.shape[0]) & (cols < mask.shape[1])
    there[there] = mask[rows[there], cols[there]]
    return minutiae.select(there)


def _marked(
    minutiae: Minutiae,
    singular_points: SingularPoints | None,
    region: MarkRegion | None,
    image: FingerprintImage,
    finger: Finger,
    pipeline: PipelineParameters,
) -> Template | None:
    """The template of what somebody marked in a region; None if nothing is.

    The ridge flow that the engine sees is left out: on a mark it is what the engine is least sure of.
    """
    shape = shape_at_500(image)
    here = minutiae if region is None else _on(minutiae, inside(region.scaled(CANONICAL_PPI / image.ppi), shape))
    if not len(here):
        return None
    return build_template(
        here,
        singular_points,
        shape=shape,
        finger=finger,
        impression=Impression.LATENT,
        source_ppi=image.ppi,
        extractor=EXAMINER,
        parameters=pipeline.template,
        parameters_digest=pipeline.digest(),
    )
