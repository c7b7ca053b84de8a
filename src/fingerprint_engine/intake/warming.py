"""`warm_up`: every kernel that a service needs, compiled or loaded before the first request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fingerprint_engine.index import Gallery, SearchParameters, StageParameters
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.matching import verify
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, check_parameters, extract
from fingerprint_engine.preprocessing import image_from_array
from fingerprint_engine.template import Template

_ALL_STAGES = StageParameters(placed_from=1, placed_passes=100, screened_from=1, screened=2, compared=1)
"""With three prints: all stages of a search have something to do."""
STEPS = ("extraction", "templates", "comparison", "search")


def warm_up(
    parameters: PipelineParameters = DEFAULT_PARAMETERS, *, progress: Callable[[str, int, int], object] | None = None
) -> None:
    """Compile every kernel of extraction, comparison and search, or load it from the cache on disk.

    The first call of each kernel costs seconds when nothing is cached; a service calls this once before it serves.
    What only `Gallery.duplicates` needs is compiled when that begins.

    Parameters
    ----------
    parameters
        Of extraction.
    progress
        Called before each step with its name, and at the end with an empty one; with how many are done, and of how
        many.

    Raises
    ------
    ParameterError
        When `parameters` are none.
    """
    check_parameters(parameters)

    def step(done: int) -> None:
        if progress is not None:
            progress((*STEPS, "")[done], done, len(STEPS))

    step(0)
    y, x = np.mgrid[0:256, 0:256].astype(np.float64)
    phase = 2.0 * np.pi * np.hypot(x - 128.0, y - 300.0) / 9.0
    for number, (column, row) in enumerate([(64, 64), (128, 96), (192, 64), (96, 160), (160, 192), (64, 208)]):
        phase += (-1) ** number * np.arctan2(y - row, x - column)  # each vortex of the phase is a minutia
    drawn = np.rint(128.0 - 90.0 * np.cos(phase)).astype(np.uint8)
    made = extract(image_from_array(drawn, 500.0, polarity="dark-ridges"), parameters=parameters)
    step(1)
    template = Template.from_bytes(made.to_bytes())
    step(2)
    verify(made, template)
    step(3)
    with Gallery() as gallery:
        gallery.enrol_many((name, template) for name in "abc")
        gallery.identify(made)
        gallery.identify(made, parameters=SearchParameters(shortlist="scan", stages=_ALL_STAGES))
        for view in gallery.snapshot().views:  # as a segment with an index, which no gallery in memory has
            indexed = view.columns.with_cells(lists_of(view.columns.sketches))
            eligible = view.alive.copy()  # as a search makes it: kernels are compiled anew for what is read only
            CellShortlist([indexed]).scores(made, [eligible])
    step(4)
