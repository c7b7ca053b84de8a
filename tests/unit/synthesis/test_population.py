from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fingerprint_engine.errors import InputError, LimitExceeded, ParameterError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.synthesis import (
    SAMPLE_SEED,
    ImpressionParameters,
    make_finger,
    make_scene,
    population_impression,
    read_manifest,
    write_population,
)
from fingerprint_engine.synthesis.population import (
    NOT_A_FINGERPRINT,
    POOR_FINGERPRINT,
    SAMPLE_FINGER_PARAMETERS,
    SAMPLE_FINGERS,
    SAMPLE_PARAMETERS,
)

SMALL = ImpressionParameters(rows_px=200, cols_px=180)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_population_is_written_with_manifest_and_truth(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "prints"
    records = list(write_population(folder, fingers=2, impressions=2, seed=5, impression_parameters=SMALL))
    assert [r.file for r in records] == ["1_1.png", "1_2.png", "2_1.png", "2_2.png"]
    assert [r.position for r in records] == ["RIGHT_THUMB"] * 2 + ["RIGHT_INDEX"] * 2
    assert set(contents(folder)) == {r.file for r in records} | {"MANIFEST.csv", "MINUTIAE.csv"}
    assert read_manifest(folder) == records
    for record in records:
        assert hashlib.sha256((folder / record.file).read_bytes()).hexdigest() == record.sha256
    lines = (folder / "MINUTIAE.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "file,id,x_px_500ppi,y_px_500ppi,direction_rad,kind"
    assert {line.split(",")[0] for line in lines[1:]} == {r.file for r in records}


def test_the_same_seed_gives_the_same_bytes_and_a_larger_population_keeps_them(tmp_path: Path) -> None:
    for name, fingers, seed in (("a", 1, 5), ("b", 1, 5), ("larger", 2, 5), ("other", 1, 6)):
        assert list(
            write_population(tmp_path / name, fingers=fingers, impressions=1, seed=seed, impression_parameters=SMALL)
        )
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    first = contents(tmp_path / "a")["1_1.png"]
    assert contents(tmp_path / "larger")["1_1.png"] == first
    assert contents(tmp_path / "other")["1_1.png"] != first


@pytest.mark.parametrize("name", ["1_1.png", "1_2.png", "MANIFEST.csv", "MINUTIAE.csv"])
def test_nothing_is_replaced_unasked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"of somebody else")

    def write(**options: bool) -> None:
        list(write_population(tmp_path, fingers=1, impressions=2, seed=5, impression_parameters=SMALL, **options))

    with pytest.raises(FileExistsError, match=name):
        write()
    assert (tmp_path / name).read_bytes() == b"of somebody else"
    write(overwrite=True)
    assert (tmp_path / name).read_bytes() != b"of somebody else"


@pytest.mark.parametrize(
    ("name", "value"), [("fingers", 0), ("impressions", -1), ("seed", -1), ("fingers", 1.5), ("impressions", True)]
)
def test_bad_numbers_are_refused_at_once(tmp_path: Path, name: str, value: object) -> None:
    arguments: dict[str, object] = {"fingers": 1, "impressions": 1, "seed": 1, name: value}
    with pytest.raises(ParameterError, match=name):
        write_population(tmp_path / "out", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="folder"):
        write_population(tmp_path / "file", fingers=1, impressions=1, seed=1)


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="manifest"):
        read_manifest(tmp_path)
    (tmp_path / "MANIFEST.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns"):
        read_manifest(tmp_path)
    header = "file,finger,impression,position,pattern,ppi,kind,seed,sha256"
    (tmp_path / "MANIFEST.csv").write_text(f"{header}\n1_1.png,1,one,,,500,fingerprint,1,00\n")
    with pytest.raises(InputError, match="line 2"):
        read_manifest(tmp_path)


def test_a_manifest_may_cost_so_much(tmp_path: Path) -> None:
    header = "file,finger,impression,position,pattern,ppi,kind,seed,sha256"
    line = "1_1.png,1,1,,,500,fingerprint,1,00\n"
    (tmp_path / "MANIFEST.csv").write_text(f"{header}\n" + line * 600_000)
    with pytest.raises(LimitExceeded, match="limit items"):
        read_manifest(tmp_path)
    (tmp_path / "MANIFEST.csv").write_text(f"{header}\n" + "x" * 1_000_000)
    with pytest.raises(InputError, match=r"MANIFEST\.csv"):
        read_manifest(tmp_path)


def test_the_shipped_samples_are_those_of_the_manifest(samples_folder: Path) -> None:
    records = read_manifest(samples_folder)
    files = contents(samples_folder)
    assert set(files) == {r.file for r in records} | {"MANIFEST.csv", "MINUTIAE.csv"}
    assert sum(len(data) for data in files.values()) < 4_000_000
    for record in records:
        assert hashlib.sha256(files[record.file]).hexdigest() == record.sha256
        with Image.open(io.BytesIO(files[record.file])) as image:
            assert image.mode == "L"
            assert image.info["dpi"] == pytest.approx((record.ppi, record.ppi), abs=0.1)
    prints = [r for r in records if r.kind != NOT_A_FINGERPRINT]
    assert len({r.finger for r in prints}) == len(SAMPLE_FINGERS) == 12
    assert sum(r.ppi == 1000.0 for r in records) == 1
    assert sum(r.kind == POOR_FINGERPRINT for r in records) == 1
    assert sum(r.kind == NOT_A_FINGERPRINT for r in records) == 1
    assert len({r.pattern for r in prints}) == 5


@pytest.mark.parametrize("number", [1, 2])
def test_the_shipped_samples_can_be_made_again(samples_folder: Path, number: int) -> None:
    """A whorl and a loop. Sines and exponentials differ in the last bit between processors, so a few pixels may too."""
    position, pattern = SAMPLE_FINGERS[number - 1]
    rng = np.random.default_rng([SAMPLE_SEED, number])
    finger = make_finger(rng, SAMPLE_FINGER_PARAMETERS, finger=Finger(position), pattern=pattern)
    made = population_impression(finger, SAMPLE_SEED, number, 1, SAMPLE_PARAMETERS)
    with Image.open(samples_folder / f"{number}_1.png") as image:
        shipped = np.asarray(image)
    off = np.abs(shipped.astype(int) - made.image.pixels.astype(int))
    assert shipped.shape == made.image.shape
    assert (off > 3).mean() < 0.005


def test_a_scene_has_many_greys_and_no_ridges() -> None:
    scene = make_scene(np.random.default_rng(1), (240, 200))
    assert scene.shape == (240, 200)
    assert np.unique(scene.pixels).size > 100
    spectrum = np.abs(np.fft.fft2(scene.pixels - scene.pixels.mean())) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(240), np.fft.fftfreq(200), indexing="ij"))
    ridge_band = (frequency > 1 / 14) & (frequency < 1 / 6)
    assert spectrum[ridge_band].sum() < 0.05 * spectrum.sum()
