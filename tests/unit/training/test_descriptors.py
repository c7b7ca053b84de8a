"""Learned descriptors: links are the truth, patches turn with the print, encoders learn, the judge counts right."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training/requirements.txt is not installed")

from training.descriptor_network import BITS, ENCODERS, Encoder, contrast_loss  # noqa: E402
from training.descriptor_pairs import Pairs, Places, links, on_finger  # noqa: E402
from training.descriptor_patches import FLOW_SIDE, RIDGE_SIDE, Patches, patches_of  # noqa: E402
from training.descriptor_views import DescribedView, Prints, sketch_bits  # noqa: E402
from training.descriptors import train  # noqa: E402
from training.judge_descriptors import discriminant, weighted_fnmr  # noqa: E402

from fingerprint_engine import synthesis  # noqa: E402
from fingerprint_engine.matching.matcher import Matcher  # noqa: E402
from fingerprint_engine.minutiae import Minutiae  # noqa: E402
from fingerprint_engine.preprocessing import RidgeMaps  # noqa: E402
from fingerprint_engine.preprocessing.block_maps import ridge_flow  # noqa: E402
from fingerprint_engine.template import TemplateParameters, build_template  # noqa: E402


@pytest.fixture(scope="module")
def impressions():
    finger = synthesis.make_finger(np.random.default_rng(3))
    parameters = synthesis.ImpressionParameters(rotation_deg=25.0)
    return [synthesis.make_impression(finger, np.random.default_rng(k), parameters) for k in range(2)]


def test_links_join_the_minutiae_that_are_one_and_no_others(impressions):
    a, b = impressions
    linked = links(on_finger(a.minutiae, a.correspondence), on_finger(b.minutiae, b.correspondence))
    shared = np.intersect1d(a.minutia_ids, b.minutia_ids)
    first, second = a.minutia_ids[linked[:, 0]], b.minutia_ids[linked[:, 1]]
    assert len(shared) > 10
    assert np.isin(shared, first[first == second]).all()


def test_minutiae_that_point_elsewhere_are_not_linked(impressions):
    there = on_finger(impressions[0].minutiae, impressions[0].correspondence)
    turned = there._replace(direction=np.mod(there.direction + np.pi, 2 * np.pi))
    assert len(links(there, there)) == len(there.x)
    linked = links(there, turned)
    assert not (linked[:, 0] == linked[:, 1]).any()
    assert links(there, Places(*np.zeros((3, 0)))).shape == (0, 2)


def waves(direction, turned):
    """Straight ridges through the middle of a square print, and a minutia there; turned by a quarter or not."""
    side = 160
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    across = (x - 79.5) if turned else (y - 79.5)
    ridges = (np.cos(2 * np.pi * across / 9.0) * np.exp(-(((x - 79.5) ** 2 + (y - 79.5) ** 2) / 6000))).astype(
        np.float32
    )
    blocks = np.full((20, 20), np.pi / 2 if turned else 0.0, np.float32)
    period = np.full((20, 20), 9.0, np.float32)
    maps = RidgeMaps(
        image=np.zeros((side, side), np.uint8), mask=np.ones((side, side), bool), orientation=blocks,
        coherence=np.ones((20, 20), np.float32), period=period,
        flow=ridge_flow(blocks, period, (side, side)), enhanced=ridges,
        quadrature=ridges, quality=np.full((20, 20), 80, np.uint8), overall_quality=80,
    )  # fmt: skip
    one = np.ones(1, np.uint8)
    at = np.full(1, 79.5, np.float32)
    return patches_of(maps, Minutiae(at, at, np.array([direction], np.float32), one, one))


def test_patches_turn_with_the_print():
    upright, turned = waves(0.0, turned=False), waves(np.pi / 2, turned=True)
    assert upright.ridges.shape == (1, 1, RIDGE_SIDE, RIDGE_SIDE)
    assert upright.flow.shape == (1, 3, FLOW_SIDE, FLOW_SIDE)
    assert upright.ridges.std() > 0.2
    assert np.allclose(upright.ridges, turned.ridges, atol=0.05)
    assert np.allclose(upright.flow, turned.flow, atol=1e-5)
    assert not np.allclose(upright.ridges, waves(np.pi / 2, turned=False).ridges, atol=0.3)


def made_pairs(rng, fingers=8, each=8):
    """Patches that are seen twice, with noise."""
    count = fingers * each
    ridges = rng.standard_normal((count, 1, RIDGE_SIDE, RIDGE_SIDE)).astype(np.float32)
    flow = rng.standard_normal((count, 3, FLOW_SIDE, FLOW_SIDE)).astype(np.float32)
    sides = [
        Patches(*(part + 0.3 * rng.standard_normal(part.shape).astype(np.float32) for part in (ridges, flow)))
        for _ in range(2)
    ]
    return Pairs(*sides, np.repeat(np.arange(fingers, dtype=np.int32), each))


@pytest.mark.parametrize("kind", ENCODERS)
def test_an_encoder_learns_to_tell_mates_from_others(kind):
    pairs = made_pairs(np.random.default_rng(0))
    encoder = train(kind, pairs, 15)
    for bits, a, b in zip(BITS, encoder.describe(pairs.first), encoder.describe(pairs.second), strict=True):
        assert a.shape == (len(pairs), bits)
        unlike = ((a[:, None] > 0) != (b[None] > 0)).mean(axis=2)
        others = unlike[~np.eye(len(a), dtype=bool)]
        assert np.diag(unlike).mean() < 0.7 * others.mean()


def test_an_unknown_encoder_is_refused():
    with pytest.raises(ValueError, match="kind"):
        Encoder("nothing")


def test_the_loss_is_small_for_mates_and_large_for_others():
    rows = torch.from_numpy(np.random.default_rng(1).standard_normal((16, 64)).astype(np.float32))
    warmth = torch.tensor(0.1)
    assert contrast_loss(rows, rows, warmth) < 0.01
    assert contrast_loss(rows, rows.roll(1, 0), warmth) > 3.0


def test_the_judge_counts_misses_above_the_non_mated_pairs():
    # 2,000 non-mated pairs, two may pass; in falling order: mated, two non-mated, mated, non-mated, mated, the rest.
    mated = np.array([1, 0, 0, 1, 0, 1] + [0] * 1997, dtype=bool)
    assert weighted_fnmr(mated, np.ones(len(mated))) == pytest.approx(1 / 3)
    weight = np.where(np.arange(len(mated)) == 5, 2.0, 1.0)
    assert weighted_fnmr(mated, weight) == pytest.approx(1 / 2)


def test_the_discriminant_leaves_out_what_tells_nothing():
    rng = np.random.default_rng(2)
    others, mates = rng.standard_normal((2, 5000, 2))
    mates[:, 0] += 2.0
    direction = discriminant(mates, others)
    assert direction[0] > 0.5
    assert abs(direction[1]) < 0.1


def test_a_view_without_descriptors_compares_as_the_matcher_does():
    rng, side, templates = np.random.default_rng(8), 480, []
    for count in (30, 12, 150):
        x, y = rng.uniform(5, side - 5, (2, count))
        for _ in range(2):
            moved = (np.clip(values + rng.normal(0.0, 1.0, count), 0, side - 1) for values in (x, y))
            points = Minutiae(*moved, np.arctan2(y - 240, x - 240), np.ones(count), np.full(count, 70))
            parameters, blocks = TemplateParameters(max_minutiae=255), np.full((side // 8, side // 8), 9.0, np.float32)
            maps = {"mask": np.ones((side, side), bool), "orientation": np.mod(blocks, np.pi), "period": blocks}
            templates.append(build_template(points, shape=(side, side), parameters=parameters, **maps))
    templates.sort(key=lambda template: Matcher(template)._probe.columns.key[0])  # the first plays the probe
    first = np.concatenate([[0], np.cumsum([len(template) for template in templates])])
    bits = np.concatenate([sketch_bits(template) for template in templates])
    prints = Prints(templates, np.zeros(len(templates), np.int64), first, {"sketch 128": bits.astype(np.float32)})
    prints.fingers[0] = 1  # somebody else
    view = DescribedView("plain", prints)
    row = 0
    for at, template in enumerate(templates):
        for other in templates[at + 1 :]:
            stages, evidence = Matcher(template).gather([other])
            assert view.stages[row] == stages[0]
            if stages[0] == 2:
                assert view.evidence[row]["ridge_counts"] == evidence[0]["ridge_counts"]
                assert view.evidence[row]["matched"] == evidence[0]["matched"]
            row += 1
    assert (view.stages == 2).sum() >= 3
    assert view.evidence["ridge_counts"].max() > 0.0
