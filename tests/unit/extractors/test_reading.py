"""From the network's answer to maps and qualities, on answers that are made up."""

import math

import numpy as np
import pytest

import fingerprint_engine as fe
from fingerprint_engine.extractors.heat import LearnedQualityParameters, heat_features
from fingerprint_engine.extractors.network import Answer
from fingerprint_engine.extractors.network_input import busy_window, network_input
from fingerprint_engine.extractors.network_maps import NetworkMapParameters, drawn_ridges, probability, read_maps
from fingerprint_engine.minutiae.detection import Candidates
from fingerprint_engine.minutiae.quality import minutia_quality
from fingerprint_engine.preprocessing.normalization import NormalizationParameters, normalize


def _answer(rows, cols, angle=0.4, period=9.0):
    """What a perfect network would say about parallel ridges that cover the whole image."""
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float64)
    phase = 2.0 * math.pi / period * (math.sin(angle) * x + math.cos(angle) * y)
    pixels = np.zeros((8, rows // 2, cols // 2), np.float32)
    for plane in range(4):
        pixels[plane] = np.cos(phase)[plane // 2 :: 2, plane % 2 :: 2]
    pixels[4] = -6.0
    blocks = np.zeros((5, rows // 8, cols // 8), np.float32)
    for plane, value in enumerate((4.0, math.cos(2 * angle), math.sin(2 * angle), math.log(period / 9.0), 2.0)):
        blocks[plane] = value
    return Answer(pixels, blocks), np.cos(phase)


def test_the_four_planes_of_drawn_ridges_become_pixels():
    answer, ridges = _answer(64, 48)
    assert np.allclose(drawn_ridges(answer, (64, 48)), ridges, atol=1e-6)
    assert np.allclose(drawn_ridges(answer, (63, 47)), ridges[:63, :47], atol=1e-6)


def test_maps_are_what_the_network_said():
    answer, ridges = _answer(96, 80, angle=2.0, period=8.0)
    maps = read_maps(answer, np.zeros((96, 80), np.uint8), NetworkMapParameters())
    assert maps.mask.all()
    assert np.allclose(maps.orientation, 2.0, atol=1e-5)
    assert np.allclose(maps.coherence, 1.0, atol=1e-5)
    assert np.allclose(maps.period, 8.0, atol=1e-4)
    inner = np.s_[24:-24, 24:-24]
    assert np.corrcoef(maps.enhanced[inner].ravel(), ridges[inner].ravel())[0, 1] > 0.99
    assert abs(np.corrcoef(maps.quadrature[inner].ravel(), ridges[inner].ravel())[0, 1]) < 0.1
    assert (maps.quality == round(100 / (1 + math.exp(-2.0)))).all()
    area_cm2 = 96 * 80 * (2.54 / 500) ** 2
    assert maps.overall_quality == round(maps.quality[0, 0] * math.sqrt(area_cm2 / 2.0))


def test_the_foreground_is_one_region_without_holes():
    answer, _ = _answer(128, 128)
    answer.blocks[0] = -4.0
    answer.blocks[0, 2:12, 2:12] = 4.0
    answer.blocks[0, 6:8, 6:8] = -4.0  # a hole
    answer.blocks[0, 14:, 14:] = 4.0  # another print
    mask = read_maps(answer, np.zeros((128, 128), np.uint8), NetworkMapParameters()).mask
    assert mask[40:60, 40:60].all()
    assert not mask[112:, 112:].any()
    assert not mask[:10].any()


def test_an_answer_without_foreground_gives_an_empty_mask():
    answer, _ = _answer(64, 64)
    answer.blocks[0] = -4.0
    maps = read_maps(answer, np.zeros((64, 64), np.uint8), NetworkMapParameters())
    assert not maps.mask.any()
    assert not maps.quality.any()
    assert maps.overall_quality == 0


def test_probability_is_the_logistic_function():
    assert np.allclose(
        probability(np.array([-100.0, 0.0, 2.0, 100.0], np.float32)), [0.0, 0.5, 0.880797, 1.0], atol=1e-6
    )


def _candidates(x, y, direction):
    columns = [np.array([value], np.float64) for value in (x, y, direction)]
    return Candidates(*columns, np.ones(1, np.uint8), np.ones(1), np.full(1, 9.0))


def test_heat_near_a_candidate_counts_and_heat_far_away_does_not():
    answer, _ = _answer(64, 64)
    answer.pixels[4, 16, 16] = 3.0  # at 32.5, 32.5
    answer.pixels[5], answer.pixels[6] = 0.6, 0.8
    near, far = (heat_features(_candidates(at, at, math.atan2(0.8, 0.6)), answer)[0] for at in (34.0, 44.0))
    assert near == pytest.approx([0.5, 1.0])
    assert far == pytest.approx([-1.0, 1.0])
    against = heat_features(_candidates(34.0, 34.0, math.atan2(0.8, 0.6) + math.pi), answer)[0]
    assert against == pytest.approx([0.5, -1.0])


def test_quality_is_a_logistic_regression_of_the_features():
    parameters = LearnedQualityParameters(0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, -1.0)
    features = np.zeros((2, 9))
    features[0, -2:] = 1.0, 1.0
    assert minutia_quality(features, parameters).tolist() == [
        round(100 / (1 + math.exp(-1.5))),
        round(100 / (1 + math.exp(-0.5))),
    ]


def test_the_network_sees_the_same_whatever_the_gain_of_the_sensor(drawn_print):
    strong, weak = drawn_print, (110 + 0.4 * drawn_print.astype(float)).astype(np.uint8)
    seen = [network_input(normalize(pixels, NormalizationParameters())) for pixels in (strong, weak)]
    inside = np.s_[:, 100:280, 100:280]
    assert seen[0].shape == (2, *drawn_print.shape)
    assert np.abs(seen[0][inside] - seen[1][inside]).mean() < 0.12


def test_templates_say_which_extractor_made_them_and_do_not_mix(drawn_print):
    image = fe.image_from_array(drawn_print, 500.0)
    learned = fe.extract(image, parameters=fe.pipeline_parameters("learned"))
    classical = fe.extract(image, parameters=fe.pipeline_parameters("classical"))
    assert learned.extractor == f"{classical.extractor} learned"
    assert learned.parameters_digest == fe.PipelineParameters().digest() != classical.parameters_digest
    assert fe.compare(learned, learned).score > 60
    with pytest.raises(fe.IncompatibleTemplates):
        fe.compare(learned, classical)


def test_extract_many_takes_the_learned_parameters(tmp_path, drawn_print):
    from PIL import Image

    Image.fromarray(drawn_print).save(tmp_path / "1.png")
    parameters = fe.pipeline_parameters("learned")
    paths = [tmp_path / "1.png"] * 3
    one, two = (
        [t.to_bytes() for _, t in fe.extract_many(paths, ppi=500, workers=n, parameters=parameters)] for n in (1, 3)
    )
    assert one == two
    assert len(set(one)) == 1


def _planes(rows, cols):
    return np.zeros((2, rows, cols), np.float32)


def test_the_window_holds_what_has_contrast_and_a_margin_on_a_grid():
    planes = _planes(210, 190)
    planes[1, 70:111, 90:121] = 0.5
    rows, cols = busy_window(planes, 16)
    assert (rows, cols) == (slice(48, 128), slice(64, 136))
    assert rows.start <= 70 - 8
    assert rows.stop >= 111 + 8
    planes[1, 206:210, 32:60] = 1.0  # what lies below the last whole spot is within the margin
    assert busy_window(planes, 16) == (slice(48, 210), slice(16, 136))


def test_dirt_and_faint_ground_make_no_spot_busy_and_no_print_is_looked_for_everywhere():
    planes = _planes(200, 160)
    planes[1] = 0.1
    planes[1, 20:22, 20:22] = 1.5
    assert busy_window(planes, 16) == (slice(0, 200), slice(0, 160))
    planes[1, 100:140, 60:100] = 1.0
    assert busy_window(planes, 16) == (slice(80, 160), slice(32, 120))


@pytest.mark.parametrize("shape", [(16, 16), (17, 23)])
def test_a_window_of_a_small_image_lies_within_it(shape):
    planes = _planes(*shape)
    planes[1] = 1.0
    assert busy_window(planes, 16) == (slice(0, shape[0]), slice(0, shape[1]))
