"""A population of strangers at template level: point prints, described and packed; a million in minutes.

"Synthetic distractors": they are no fingers, their minutiae were scattered (see `synthesis.point_prints`). What is
measured with them says how an engine copes with many prints, not how prints of people differ; the command prints how far
their scores against real prints follow those of real prints against each other.

Run ``python -m benchmarks.point_population --help``.
"""

from __future__ import annotations

import numpy as np

from fingerprint_engine.synthesis.point_prints import PointPrint, PointPrintParameters, draw_flow, make_point_print
from fingerprint_engine.template import CoarseMap, Template, TemplateParameters
from fingerprint_engine.template.build import direction_codes, quantise_minutiae, quantise_singular_points
from fingerprint_engine.template.cylinders import WORDS, angular_table, cell_offsets
from fingerprint_engine.template.kernels.descriptors import cylinder_words
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import SingularPoints
from fingerprint_engine.pipeline import PipelineParameters

PARAMETERS = TemplateParameters()
EXTRACTOR_DIGEST = PipelineParameters().digest()
NO_POINTS = SingularPoints.empty()


def template_of(made: PointPrint, finger: Finger = Finger.UNKNOWN) -> Template:
    """The template of a point print: as `build_template` makes it, with the outline itself in the place of a mask."""
    minutiae = quantise_minutiae(made.minutiae, made.shape).best(PARAMETERS.max_minutiae)
    code = direction_codes(minutiae.direction)
    along, across = cell_offsets(PARAMETERS.radius_px)
    angle = code.astype(np.float64) * (2.0 * np.pi / 256.0)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = minutiae.x.astype(np.float64), minutiae.y.astype(np.float64)
    px = x[:, None] + along * cosine + across * sine
    py = y[:, None] - along * sine + across * cosine
    valid = made.depth(px, py) >= -PARAMETERS.mask_dilation_px
    words = np.zeros((len(minutiae), WORDS), np.uint64)
    cylinder_words(
        x, y, code, along, across, valid, angular_table(PARAMETERS.angular_sigma_rad), PARAMETERS.spatial_sigma_px,
        PARAMETERS.activation, words,
    )  # fmt: skip
    words.setflags(write=False)
    known = made.orientation != 255
    rows, cols = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    window = made.orientation[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    half = ((window.shape[0] + 1) // 2, (window.shape[1] + 1) // 2)
    return Template(
        minutiae=minutiae,
        singular_points=NO_POINTS,
        cylinders=words,
        coarse_map=CoarseMap(int(rows[0]), int(cols[0]), window, np.full(half, round(10.0 * made.period_px), np.uint8)),
        finger=finger,
        impression=Impression.UNKNOWN,
        quality=75,
        shape=made.shape,
        source_ppi=500.0,
        extractor="synthetic distractor",
        parameters_digest=EXTRACTOR_DIGEST,
        descriptor_digest=PARAMETERS.digest(),
        radius_px=float(np.float32(PARAMETERS.radius_px)),
    )
