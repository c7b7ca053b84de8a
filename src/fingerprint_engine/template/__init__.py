"""MINUTIAE IN, SOMETHING ONE CAN STORE AND SEARCH.

In come the minutiae of one print with what is known about its area and ridge flow; out goes a `Template`: quantized
columns, packed local descriptors, a coarse orientation map and the native byte format, and `TemplateBatch`, many
templates as packed columns. The room must not know images or scores.
"""

from fingerprint_engine.template.batch import TemplateBatch
from fingerprint_engine.template.build import build_template
from fingerprint_engine.template.coarse_map import CoarseMap, map_cells
from fingerprint_engine.template.limits import MAX_CELLS, MAX_TEMPLATE_BYTES
from fingerprint_engine.template.parameters import TemplateParameters
from fingerprint_engine.template.placement import placed
from fingerprint_engine.template.template import Template

__all__ = [
    "MAX_CELLS",
    "MAX_TEMPLATE_BYTES",
    "CoarseMap",
    "Template",
    "TemplateBatch",
    "TemplateParameters",
    "build_template",
    "map_cells",
    "placed",
]
