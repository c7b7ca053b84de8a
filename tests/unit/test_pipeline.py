"""The recipe: what is kept in the template, what fails and how, order and laziness of bulk extraction."""

import itertools
import pickle
import threading

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

import fingerprint_engine as fe
from fingerprint_engine import pipeline
from fingerprint_engine.errors import FailureReason
from fingerprint_engine.extractors import ClassicalParameters
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.preprocessing import RidgeMapParameters


@pytest.fixture(scope="module")
def image():
    return fe.image_from_array(draw_print(), 500)


@pytest.fixture(scope="module")
def template(image):
    return fe.extract(image, finger=fe.Finger.LEFT_RING, impression=fe.Impression.LIVESCAN_ROLLED)


@pytest.fixture
def files(tmp_path):
    """A good print, a file that is none, a white one, a good one without anything wrong but its colour, a good one."""
    Image.fromarray(draw_print()).save(tmp_path / "good.png")
    (tmp_path / "text.png").write_bytes(b"not an image")
    Image.fromarray(np.full((300, 300), 255, np.uint8)).save(tmp_path / "white.png")
    tinted = np.dstack([draw_print(), draw_print() // 2, draw_print()])
    Image.fromarray(tinted).save(tmp_path / "colour.png")
    Image.fromarray(draw_print(320)).save(tmp_path / "other.png")
    return [tmp_path / name for name in ("good.png", "text.png", "white.png", "colour.png", "other.png")]


def test_a_template_knows_where_it_comes_from(image, template):
    assert template.finger is fe.Finger.LEFT_RING
    assert template.impression is fe.Impression.LIVESCAN_ROLLED
    assert template.shape == image.shape
    assert template.source_ppi == 500.0
    assert template.extractor == f"fingerprint_engine {fe.__version__} learned"
    assert template.parameters_digest == fe.PipelineParameters().digest()
    assert 0 < template.quality <= 100


def test_a_drawn_print_gives_the_minutiae_that_were_drawn(template):
    assert 20 <= len(template) <= 28  # 24 phase vortices, some near the rim
    assert fe.verify(template, template).is_match


@pytest.mark.parametrize("ppi", [400.0, 569.0, 1000.0])
def test_resolution_does_not_matter(template, ppi):
    same = fe.extract(fe.image_from_array(draw_print(round(384 * ppi / 500), ppi), ppi))
    assert abs(same.shape[0] - 384) <= 1
    assert same.source_ppi == ppi
    assert fe.verify(same, template).is_match


def test_the_score_model_was_fitted_to_templates_of_these_parameters():
    assert default_model().provenance["pipeline_parameters"] == fe.PipelineParameters().digest().hex()


def test_other_parameters_have_another_digest(image, template):
    other = fe.PipelineParameters(reading=ClassicalParameters(RidgeMapParameters(max_wide_share=0.2)))
    assert fe.extract(image, parameters=other).parameters_digest != template.parameters_digest


@pytest.mark.parametrize(("stated", "period"), [(1000, 4.5), (750, 6.0), (300, 15.0), (500, 9.0)])
def test_the_ridges_are_asked_about_the_resolution(drawn_print, stated, period):
    image = fe.image_from_array(drawn_print, stated)
    if stated == 500:
        assert fe.extract(image).resolution_finding is None
        return
    with pytest.warns(fe.ResolutionWarning, match=f"at the stated {stated} ppi ridges lie") as warned:
        template = fe.extract(image)
    assert warned[0].filename == __file__
    finding = template.resolution_finding
    assert finding.fitting_ppi == pytest.approx(500, rel=0.1)
    assert template.median_period_px == finding.median_period_px == pytest.approx(period, rel=0.1)
    assert fe.Template.from_bytes(template.to_bytes()).resolution_finding == finding


def test_a_wrong_resolution_is_named_where_it_is_why_extraction_fails(drawn_print):
    with pytest.raises(fe.FailureToExtract, match=r"about \d+ ppi would fit") as failure:
        fe.extract(fe.image_from_array(drawn_print, 1400))
    assert failure.value.measures["fitting_ppi"] == pytest.approx(500, rel=0.1)
    assert failure.value.measures["stated_ppi"] == 1400.0


def test_many_files_tell_of_the_resolution_as_data(files):
    with pytest.warns(fe.ResolutionWarning, match="good.png: resolution: at the stated 1000 ppi"):
        ((_, outcome),) = fe.extract_many(files[:1], ppi=1000)
    assert outcome.resolution_finding.fitting_ppi == pytest.approx(500, rel=0.1)
    ((_, failure),) = fe.extract_many(files[:1], ppi=1400)
    assert failure.measures["fitting_ppi"] == pytest.approx(500, rel=0.1)
    assert "ppi would fit" in failure.detail


def test_a_print_on_a_page_is_read_as_if_it_were_cut_out(drawn_print, template):
    page = np.full((2200, 1700), 245, np.uint8)
    page[1200:1584, 800:1184] = drawn_print
    found = fe.extract(fe.image_from_array(page, 500))
    assert found.shape == (2200, 1700)
    comparison = fe.compare(template, found)
    assert len(comparison.pairs) >= 0.9 * len(template)
    moved = found.minutiae.x[comparison.pairs[:, 1]] - template.minutiae.x[comparison.pairs[:, 0]]
    assert np.median(moved) == pytest.approx(800, abs=0.5)
    moved = found.minutiae.y[comparison.pairs[:, 1]] - template.minutiae.y[comparison.pairs[:, 0]]
    assert np.median(moved) == pytest.approx(1200, abs=0.5)


def test_several_prints_on_a_page_are_told(drawn_print, template, tmp_path):
    sheet = np.full((1600, 1600), 245, np.uint8)
    sheet[100:484, 200:584] = drawn_print
    fe.extract(fe.image_from_array(sheet, 500))  # warnings are errors in tests
    sheet[1000:1384, 900:1284] = drawn_print
    with pytest.warns(fe.SeveralPrintsWarning, match="shows 2 prints; the one with the largest area"):
        read = fe.extract(fe.image_from_array(sheet, 500))
    assert fe.verify(read, template).is_match
    Image.fromarray(sheet).save(tmp_path / "two.png", dpi=(500, 500))
    with pytest.warns(fe.SeveralPrintsWarning, match="two.png: the picture shows 2 prints"):
        list(fe.extract_many([tmp_path / "two.png"]))


@pytest.mark.parametrize("parameters", [fe.PipelineParameters(), fe.PipelineParameters(reading=ClassicalParameters())])
def test_a_page_may_be_larger_than_a_hand_if_the_print_is_not(drawn_print, parameters):
    page = np.full((6000, 4200), 250, np.uint8)
    page[3000:3384, 2000:2384] = drawn_print
    found = fe.extract(fe.image_from_array(page, 500), parameters=parameters)
    assert len(found) >= 18
    assert found.shape == (6000, 4200)
    assert len(found.to_bytes()) < 5000


def test_too_few_minutiae_are_a_failure_with_the_number(image):
    with pytest.raises(fe.FailureToExtract, match="too few minutiae: expected at least 50 minutiae, found") as failure:
        fe.extract(image, parameters=fe.PipelineParameters(min_minutiae=50))
    assert failure.value.reason is FailureReason.TOO_FEW_MINUTIAE
    assert 20 <= failure.value.measures["minutiae"] <= 28


def test_what_is_no_image_is_refused():
    for wrong in (draw_print(), "print.png", None):
        with pytest.raises(fe.ImageError, match="image: expected a FingerprintImage"):
            fe.extract(wrong)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_rest_goes_on_after_failures_and_order_is_kept(files, workers):
    outcomes = list(fe.extract_many(files, ppi=500, workers=workers))
    assert [key for key, _ in outcomes] == [str(path) for path in files]
    good, text, white, colour, other = (outcome for _, outcome in outcomes)
    assert len(good) >= 20
    assert len(other) >= 10
    assert text.reason is FailureReason.UNREADABLE_IMAGE
    assert "got a file of another kind" in text.detail
    assert white.reason is FailureReason.NO_CONTRAST
    assert white.measures["contrast_levels"] == 0.0
    assert colour.reason is FailureReason.INVALID_IMAGE
    assert 'colour="convert"' in str(colour)
    assert {failure.key for failure in (text, white, colour)} == {str(path) for path in files[1:4]}


def test_options_reach_the_loader(files):
    ((_, outcome),) = fe.extract_many([files[3]], ppi=500, colour="convert", polarity="dark-ridges")
    assert isinstance(outcome, fe.Template)
    ((_, outcome),) = fe.extract_many([files[0]])
    assert outcome.reason is FailureReason.INVALID_IMAGE
    assert "resolution unknown" in outcome.detail


def test_keys_of_the_callers_choice(files):
    pairs = [("P-2", files[0]), ("P-1", str(files[1]))]
    assert [key for key, _ in fe.extract_many(pairs, ppi=500, workers=2)] == ["P-2", "P-1"]


def test_a_failure_survives_pickling():
    failure = fe.ExtractionFailure("key", FailureReason.NO_CONTRAST, "expected 5, found 1", {"contrast": 1.0})
    assert pickle.loads(pickle.dumps(failure)) == failure
    assert str(failure) == "no contrast: expected 5, found 1"


@pytest.mark.parametrize("workers", [1, 3])
def test_an_endless_iterator_is_read_only_a_little_ahead(files, workers):
    taken = itertools.count()
    endless = (files[1] for _ in iter(lambda: next(taken), None))
    outcomes = fe.extract_many(endless, ppi=500, workers=workers)
    assert next(taken) == 0  # nothing is read before the first result is wanted
    for _ in range(5):
        next(outcomes)
    outcomes.close()
    assert next(taken) <= 5 + 2 * workers + 3


def test_threads_end_when_the_caller_stops_early(files):
    outcomes = fe.extract_many([files[1]] * 50, ppi=500, workers=4)
    next(outcomes)
    outcomes.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fingerprint-engine")]


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_wrong_numbers_of_workers_are_refused_at_once(files, workers):
    with pytest.raises(fe.ParameterError, match="workers: expected a whole number from 1 to 1024"):
        fe.extract_many(files, ppi=500, workers=workers)


@pytest.mark.parametrize("option", [{"polarity": "x"}, {"colour": "x"}, {"alpha": "x"}, {"depth": "x"}, {"ppi": 72}])
def test_wrong_options_are_refused_at_once_and_not_once_a_file(files, option):
    with pytest.raises(fe.InputError, match=f"{next(iter(option))}: expected"):
        fe.extract_many(files, **option)


def test_one_file_is_no_list_and_a_number_is_no_file(files):
    with pytest.raises(fe.InputError, match="expected several file names, got one"):
        fe.extract_many(str(files[0]), ppi=500)
    with pytest.raises(fe.InputError, match="expected a file name or a pair of key and file name, got int"):
        list(fe.extract_many([7], ppi=500))


def test_a_defect_of_the_engine_is_not_passed_off_as_a_bad_image(files, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "find_singular_points", broken)
    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError):
            list(fe.extract_many(files, ppi=500, workers=workers))
