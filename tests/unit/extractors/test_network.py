"""The network's file: every way in which it can be wrong, and that its answers are what was trained."""

import hashlib
import pickle
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest

import fingerprint_engine as fe
from fingerprint_engine.extractors import ClassicalParameters, LearnedExtractor, LearnedParameters, learned
from fingerprint_engine.extractors.learned import MODEL_FILE, MODEL_IDENTITY, MODEL_SHA256, shipped_network
from fingerprint_engine.extractors.network import BLOCK_PLANES, PIXEL_PLANES, RidgeNetwork, cells_of, identity_of

SHIPPED = learned.__file__.removesuffix("learned.py") + MODEL_FILE


@pytest.fixture
def data():
    with open(SHIPPED, "rb") as file:  # noqa: PTH123
        return file.read()


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def test_the_shipped_file_is_the_one_that_the_code_names_and_is_small(data):
    assert _sha256(data) == MODEL_SHA256
    assert len(data) <= 4_000_000
    assert LearnedParameters().network == shipped_network().identity == MODEL_IDENTITY


def test_a_network_is_known_by_its_digest_unless_its_identity_is_given(tmp_path, data):
    path = tmp_path / "ridge.onnx"
    path.write_bytes(data)
    assert RidgeNetwork(path, MODEL_SHA256).identity == identity_of(MODEL_SHA256) == int(MODEL_SHA256[:12], 16)
    assert RidgeNetwork(path, MODEL_SHA256, 7).identity == 7


def test_the_shipped_file_answers_as_the_network_that_was_trained():
    """Values that PyTorch computed from the checkpoint."""
    answer = shipped_network().answer(np.random.default_rng(5).standard_normal((2, 70, 90)).astype(np.float32))
    for values, expected in (
        (answer.pixels[:, 11, 20], (0.1406, 0.1317, 0.0172, 0.0343, -9.5776, -0.0421, 0.1690, -0.8241)),
        (answer.pixels[:, 0, 0], (-0.0074, 0.1247, 0.0736, 0.2535, -6.3562, -0.0536, -0.0078, -1.8411)),
        (answer.pixels[:, 34, 44], (0.0981, 0.1743, 0.0586, 0.1315, -9.6904, 0.0136, -0.1577, -0.8410)),
        (answer.blocks[:, 4, 7], (-7.1865, -0.0623, -0.2296, -0.0119, -2.5358)),
        (answer.blocks[:, 8, 11], (-7.4504, -0.1502, 0.1258, -0.0622, -2.2341)),
        (answer.pixels.mean(axis=(1, 2)), (-0.0237, -0.0279, -0.0168, -0.0188, -9.2100, -0.0310, 0.0374, -0.7427)),
        (answer.blocks.mean(axis=(1, 2)), (-7.2167, -0.1165, -0.2032, -0.0215, -2.1070)),
    ):
        assert np.abs(values - expected).max() < 2e-4


def test_cells_hold_the_sixteen_pixels_of_each_plane_and_zeros_up_to_whole_fields():
    planes = np.random.default_rng(6).standard_normal((2, 21, 34)).astype(np.float32)
    cells = cells_of(planes)
    assert cells.shape == (1, 32, 8, 12)
    expected = np.zeros_like(cells)
    for plane, row, col in np.ndindex(planes.shape):
        expected[0, 16 * plane + 4 * (row % 4) + col % 4, row // 4, col // 4] = planes[plane, row, col]
    assert np.array_equal(cells, expected)


def test_values_of_a_cell_are_laid_side_by_side_and_all_else_is_background(monkeypatch):
    rng, shape, window = np.random.default_rng(7), (2, 90, 75), (slice(16, 85), slice(32, 75))
    planes = np.zeros(shape, np.float32)
    pixels, blocks = (rng.standard_normal((1, *sides)).astype(np.float32) for sides in ((32, 20, 12), (5, 10, 6)))
    network = RidgeNetwork(Path(SHIPPED), MODEL_SHA256)
    monkeypatch.setattr(network._local, "computed", lambda cells: (pixels, blocks))
    answer = network.answer_within(planes, window)
    assert answer.pixels.shape == (8, 45, 38)
    assert answer.blocks.shape == (5, 12, 10)
    for plane, row, col in np.ndindex(answer.pixels.shape):
        down, across = row - 8, col - 16
        if 0 <= down < 35 and 0 <= across < 22:
            expected = pixels[0, 4 * plane + 2 * (down % 2) + across % 2, down // 2, across // 2]
        else:
            expected = -20.0 if plane == 4 else 0.0
        assert answer.pixels[plane, row, col] == expected
    assert np.array_equal(answer.blocks[:, 2:11, 4:10], blocks[0, :, :9, :6])
    assert (answer.blocks[0, :2] == -20.0).all()
    assert (answer.blocks[1:4, :, :4] == 0.0).all()


def test_answers_of_other_shapes_are_a_model_error(monkeypatch):
    network = RidgeNetwork(Path(SHIPPED), MODEL_SHA256)
    half = np.zeros((1, 8, 16, 16), np.float32), np.zeros((1, 5, 4, 4), np.float32)
    monkeypatch.setattr(network._local, "computed", lambda cells: half)
    with pytest.raises(
        fe.ModelError, match=r"expected shapes \(1, 32, 8, 8\) and \(1, 5, 4, 4\).*got \(1, 8, 16, 16\)"
    ):
        network.answer(np.zeros((2, 32, 32), np.float32))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(fe.ModelError, match=r"ridge\.onnx: cannot be read"):
        RidgeNetwork(tmp_path / "ridge.onnx", MODEL_SHA256)
    with pytest.raises(fe.ModelError):
        RidgeNetwork(tmp_path, MODEL_SHA256)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_truncated_file_is_noticed(tmp_path, data, share):
    path = tmp_path / "ridge.onnx"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(fe.ModelError, match="expected SHA-256"):
        RidgeNetwork(path, MODEL_SHA256)


def test_one_changed_bit_is_noticed(tmp_path, data):
    altered = bytearray(data)
    altered[len(data) // 2] ^= 1
    path = tmp_path / "ridge.onnx"
    path.write_bytes(altered)
    with pytest.raises(fe.ModelError, match="expected SHA-256"):
        RidgeNetwork(path, MODEL_SHA256)


@pytest.mark.parametrize("content", [b"", b"no network", bytes(1000)])
def test_what_the_runtime_cannot_read_is_a_model_error(tmp_path, content):
    path = tmp_path / "ridge.onnx"
    path.write_bytes(content)
    with pytest.raises(fe.ModelError):
        RidgeNetwork(path, _sha256(content))


def test_another_network_than_the_parameters_name_is_refused():
    with pytest.raises(fe.ModelError, match="expected the one of identity 000000000001"):
        LearnedExtractor(LearnedParameters(network=1))


def test_images_smaller_than_the_field_are_refused():
    with pytest.raises(fe.ModelError, match="at least 16 px per side"):
        shipped_network().answer(np.zeros((2, 15, 300), np.float32))


@pytest.mark.parametrize(("rows", "cols"), [(16, 16), (97, 64), (130, 250)])
def test_answers_have_a_value_a_cell_and_a_block(rows, cols):
    answer = shipped_network().answer(np.zeros((2, rows, cols), np.float32))
    assert answer.pixels.shape == (PIXEL_PLANES, -(-rows // 2), -(-cols // 2))
    assert answer.blocks.shape == (BLOCK_PLANES, -(-rows // 8), -(-cols // 8))
    assert answer.pixels.dtype == answer.blocks.dtype == np.float32


@pytest.mark.skipif(not hasattr(cv2.dnn, "ENGINE_CLASSIC"), reason="this OpenCV has one engine")
def test_the_chosen_engine_answers_almost_as_the_other(data, tmp_path):
    path = tmp_path / MODEL_FILE
    path.write_bytes(data)
    planes = np.random.default_rng(1).standard_normal((2, 96, 80)).astype(np.float32)
    ours = RidgeNetwork(path, MODEL_SHA256, runtime="opencv").answer(planes)
    usual = _answer_of(cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8)), planes)
    classic = _answer_of(cv2.dnn.readNetFromONNX(str(path), engine=cv2.dnn.ENGINE_CLASSIC), planes)
    assert np.array_equal(ours.pixels, classic[0])
    assert np.array_equal(ours.blocks, classic[1])
    assert not np.array_equal(ours.pixels, usual[0])
    assert max(np.abs(ours.pixels - usual[0]).max(), np.abs(ours.blocks - usual[1]).max()) < 1e-3


def test_without_a_place_for_files_the_network_is_read_all_the_same(monkeypatch, data, tmp_path):
    path = tmp_path / MODEL_FILE
    path.write_bytes(data)
    planes = np.zeros((2, 32, 32), np.float32)
    wanted = RidgeNetwork(path, MODEL_SHA256, runtime="opencv").answer(planes)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    found = RidgeNetwork(path, MODEL_SHA256, runtime="opencv").answer(planes)
    assert np.abs(found.pixels - wanted.pixels).max() < 1e-3


def _answer_of(net, planes):
    net.setInput(cells_of(planes), "cells")
    pixels, blocks = net.forward(["pixels", "blocks"])
    points = np.empty((PIXEL_PLANES, *(2 * side for side in pixels.shape[2:])), np.float32)
    for number in range(4):
        points[:, number // 2 :: 2, number % 2 :: 2] = pixels[0, number::4]
    return points, blocks[0]


def test_padding_does_not_reach_into_the_answer():
    rng = np.random.default_rng(0)
    planes = rng.standard_normal((2, 160, 144)).astype(np.float32)
    padded = np.pad(planes, [(0, 0), (0, 32), (0, 16)])
    alone, wide = shipped_network().answer(planes), shipped_network().answer(padded)
    # Convolutions treat what lies outside as zeros, as padding does; only the biases of inner layers differ there.
    assert np.abs(alone.pixels[:, :20, :20] - wide.pixels[:, :20, :20]).max() < 0.2


def test_model_errors_survive_pickling():
    assert str(pickle.loads(pickle.dumps(fe.ModelError("network: gone")))) == "network: gone"


def test_parameters_of_an_extractor_by_name():
    assert fe.pipeline_parameters("classical") == fe.PipelineParameters(reading=ClassicalParameters())
    assert fe.pipeline_parameters("learned") == fe.PipelineParameters(reading=LearnedParameters())
    with pytest.raises(fe.ParameterError, match="extractor: expected one of classical, learned"):
        fe.pipeline_parameters("magic")


def test_the_classical_extractor_takes_over_only_where_that_is_allowed(monkeypatch):
    def gone():
        raise fe.ModelError("ridge_network.onnx: cannot be read")

    monkeypatch.setattr(learned, "shipped_network", gone)
    with pytest.raises(fe.ModelError):
        fe.pipeline_parameters("learned")
    with pytest.warns(fe.ModelWarning, match="takes the place of the learned one: ridge_network.onnx"):
        assert fe.pipeline_parameters("learned", fallback=True) == fe.PipelineParameters(reading=ClassicalParameters())
