"""Folders of synthetic prints: populations of any size, and the samples that the project ships."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.synthesis.impressions.impression import (
    ImpressionParameters,
    SyntheticImpression,
    make_impression,
)
from fingerprint_engine.synthesis.manifest import (
    MANIFEST_NAME,
    MINUTIAE_NAME,
    SampleRecord,
    minutia_rows,
    prepare_folder,
    write_image,
    write_manifest,
    write_minutiae,
)
from fingerprint_engine.synthesis.master_finger.finger import FingerParameters, MasterFinger, make_finger
from fingerprint_engine.synthesis.master_finger.patterns import PatternClass
from fingerprint_engine.synthesis.scene import make_scene

FINGERPRINT, POOR_FINGERPRINT, NOT_A_FINGERPRINT = "fingerprint", "poor fingerprint", "not a fingerprint"
SAMPLE_SEED = 2026
"""Of the synthetic samples in ``data/samples``."""
SAMPLE_IMPRESSIONS = 4
SAMPLE_PARAMETERS = ImpressionParameters(rows_px=352, cols_px=296, degradation_high=0.5)
"""Somewhat smaller and better than usual: fifty of them are to stay below 4 MB and to make a pleasant first run."""
SAMPLE_FINGER_PARAMETERS = FingerParameters(delta_spread=0.0)
"""Deltas where most fingers have them, so that the samples show them."""
SAMPLE_FINGERS = (
    (Finger.RIGHT_THUMB, PatternClass.WHORL),
    (Finger.RIGHT_INDEX, PatternClass.RIGHT_LOOP),
    (Finger.RIGHT_MIDDLE, PatternClass.RIGHT_LOOP),
    (Finger.RIGHT_RING, PatternClass.WHORL),
    (Finger.RIGHT_LITTLE, PatternClass.RIGHT_LOOP),
    (Finger.LEFT_THUMB, PatternClass.LEFT_LOOP),
    (Finger.LEFT_INDEX, PatternClass.ARCH),
    (Finger.LEFT_MIDDLE, PatternClass.LEFT_LOOP),
    (Finger.LEFT_RING, PatternClass.WHORL),
    (Finger.LEFT_LITTLE, PatternClass.LEFT_LOOP),
    (Finger.RIGHT_INDEX, PatternClass.TENTED_ARCH),
    (Finger.LEFT_INDEX, PatternClass.RIGHT_LOOP),
)
"""The twelve fingers of ``data/samples``: ten of one person and two of another, every class among them."""


def population_finger(seed: int, number: int, parameters: FingerParameters | None = None) -> MasterFinger:
    """Return finger `number` (from 1) of the population `seed`; it does not depend on how many others there are."""
    position = Finger((number - 1) % 10 + 1)
    return make_finger(np.random.default_rng([seed, number]), parameters, finger=position)


def population_impression(
    finger: MasterFinger, seed: int, number: int, impression: int, parameters: ImpressionParameters | None = None
) -> SyntheticImpression:
    """Return impression `impression` (from 1) of finger `number` of the population `seed`."""
    return make_impression(finger, np.random.default_rng([seed, number, impression]), parameters)


def write_population(
    folder: Path | str,
    *,
    fingers: int,
    impressions: int,
    seed: int,
    finger_parameters: FingerParameters | None = None,
    impression_parameters: ImpressionParameters | None = None,
    overwrite: bool = False,
) -> Iterator[SampleRecord]:
    """Write a population of synthetic fingers, one file after the other.

    Files are named ``FINGER_IMPRESSION.png``; ten successive fingers are those of one person. MANIFEST.csv and
    MINUTIAE.csv (true minutiae; equal ids of one finger correspond) are written when the last image is.

    Parameters
    ----------
    folder
        Where; made if it is missing.
    fingers, impressions
        How many, at least 1 each.
    seed
        The same seed gives the same bytes, and more fingers or impressions leave the first ones as they are.
    finger_parameters, impression_parameters
        What they are like.
    overwrite
        Whether files of the same names are replaced.

    Yields
    ------
    SampleRecord
        After each image, ``fingers * impressions`` in all.

    Raises
    ------
    ParameterError, InputError
        At once when a number is below 1 or the folder cannot be made.
    FileExistsError
        When there is such a file and `overwrite` is false: at once for the first image and the lists.
    """
    for name, value, low in (("fingers", fingers, 1), ("impressions", impressions, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
            raise ParameterError(f"{name}: expected a whole number of at least {low}, got {value!r}")
    path = prepare_folder(folder)
    _check_new(path, "1_1.png", overwrite=overwrite)
    return _write_population(
        path, fingers, impressions, seed, finger_parameters, impression_parameters, overwrite=overwrite
    )


def _write_population(
    folder: Path,
    fingers: int,
    impressions: int,
    seed: int,
    finger_parameters: FingerParameters | None,
    impression_parameters: ImpressionParameters | None,
    *,
    overwrite: bool,
) -> Iterator[SampleRecord]:
    records, rows = [], []
    for number in range(1, fingers + 1):
        finger = population_finger(seed, number, finger_parameters)
        for impression in range(1, impressions + 1):
            made = population_impression(finger, seed, number, impression, impression_parameters)
            record = _write(folder, finger, made, number, impression, seed, FINGERPRINT, overwrite=overwrite)
            records.append(record)
            rows += minutia_rows(record.file, made)
            yield record
    write_minutiae(folder, rows, overwrite=overwrite)
    write_manifest(folder, records, overwrite=overwrite)


def write_samples(folder: Path | str, seed: int = SAMPLE_SEED, *, overwrite: bool = False) -> list[SampleRecord]:
    """Write the samples that the project ships: ``data/samples`` is what this makes with the default seed.

    Twelve fingers with four impressions each at 500 ppi, a fifth impression of finger 1 at 1000 ppi, a fifth one of
    finger 2 of poor quality, and a scene that is no fingerprint; MANIFEST.csv and MINUTIAE.csv beside them.

    Raises
    ------
    FileExistsError
        When there is such a file and `overwrite` is false.
    """
    path = prepare_folder(folder)
    _check_new(path, "1_1.png", overwrite=overwrite)
    usual = SAMPLE_PARAMETERS
    fine = dataclasses.replace(usual, ppi=1000.0, degradation_high=0.1)
    poor = dataclasses.replace(usual, degradation_low=0.95, degradation_high=1.0)
    records, rows = [], []
    for number, (position, pattern) in enumerate(SAMPLE_FINGERS, start=1):
        rng = np.random.default_rng([seed, number])
        finger = make_finger(rng, SAMPLE_FINGER_PARAMETERS, finger=position, pattern=pattern)
        plan = [(i, usual, FINGERPRINT) for i in range(1, SAMPLE_IMPRESSIONS + 1)]
        plan += [(SAMPLE_IMPRESSIONS + 1, fine, FINGERPRINT)] if number == 1 else []
        plan += [(SAMPLE_IMPRESSIONS + 1, poor, POOR_FINGERPRINT)] if number == 2 else []
        for impression, parameters, kind in plan:
            made = population_impression(finger, seed, number, impression, parameters)
            record = _write(path, finger, made, number, impression, seed, kind, overwrite=overwrite)
            records.append(record)
            rows += minutia_rows(record.file, made)
    scene = make_scene(np.random.default_rng([seed, 0]), (usual.rows_px, usual.cols_px))
    digest = write_image(path, "scene_1.png", scene, overwrite=overwrite)
    records.append(SampleRecord("scene_1.png", "scene", 1, "", "", scene.ppi, NOT_A_FINGERPRINT, seed, digest))
    write_minutiae(path, rows, overwrite=overwrite)
    write_manifest(path, records, overwrite=overwrite)
    return records


def _check_new(folder: Path, first: str, *, overwrite: bool) -> None:
    """Refuse, before any work, to replace files; each is written without replacing any as well."""
    for name in (first, MANIFEST_NAME, MINUTIAE_NAME):
        if not overwrite and os.path.lexists(folder / name):
            raise FileExistsError(errno.EEXIST, "exists already; overwrite=True replaces it", str(folder / name))


def _write(
    folder: Path,
    finger: MasterFinger,
    made: SyntheticImpression,
    number: int,
    impression: int,
    seed: int,
    kind: str,
    *,
    overwrite: bool,
) -> SampleRecord:
    name = f"{number}_{impression}.png"
    digest = write_image(folder, name, made.image, overwrite=overwrite)
    position, pattern = finger.finger.name, finger.pattern.value
    return SampleRecord(name, str(number), impression, position, pattern, made.image.ppi, kind, seed, digest)
