"""Sets of prints are enrolled whole or not at all, and searched for as one person."""

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine import Gallery
from fingerprint_engine.errors import DuplicateKey, InputError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint import CapturedPrint, CaptureQuality, Reason, TenprintSet


@pytest.fixture(scope="module")
def tenprints():
    image = FingerprintImage(draw_print(), 500.0)
    template = make_template(image, finger=Finger.RIGHT_INDEX)
    quality = CaptureQuality(80, Reason.NONE)
    blank = FingerprintImage(np.full((64, 64), 255, np.uint8), 500.0)
    return TenprintSet(
        (
            CapturedPrint(Finger.RIGHT_INDEX, Impression.LIVESCAN_ROLLED, 2, image, None, template, quality),
            CapturedPrint(Finger.RIGHT_INDEX, Impression.LIVESCAN_PLAIN, 13, image, None, template, quality),
            CapturedPrint(Finger.RIGHT_RING, Impression.LIVESCAN_PLAIN, 13, blank, None, None, quality),
        )
    )


def test_a_set_is_enrolled_and_found_as_one_subject(tenprints):
    gallery = Gallery()
    assert gallery.enrol_set("P-1", tenprints) == ("P-1/2/2", "P-1/13/2")
    assert gallery.details("P-1/2/2").subject == "P-1"
    found = gallery.identify(tenprints)
    assert [candidate.subject for candidate in found.candidates] == ["P-1"]
    gallery.enrol_set("P-2", tenprints, subject="somebody", site="north")
    assert gallery.details("P-2/13/2").site == "north"
    assert gallery.details("P-2/13/2").subject == "somebody"


def test_a_set_that_is_there_already_changes_nothing(tenprints):
    gallery = Gallery()
    gallery.enrol("P-1/13/2", tenprints.templates[0])
    with pytest.raises(DuplicateKey):
        gallery.enrol_set("P-1", tenprints)
    assert len(gallery) == 1


def test_what_is_no_set_or_holds_no_template_is_refused(tenprints):
    gallery = Gallery()
    with pytest.raises(InputError, match="tenprints"):
        gallery.enrol_set("P-1", list(tenprints.templates))
    with pytest.raises(InputError, match="template"):
        gallery.enrol_set("P-1", TenprintSet(tenprints.prints[2:]))
    with pytest.raises(InputError, match="at least one"):
        gallery.identify(TenprintSet(()))
