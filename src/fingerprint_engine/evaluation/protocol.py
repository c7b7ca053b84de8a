"""Which samples a protocol compares: all pairs, or those of the Fingerprint Verification Competitions (FVC)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import EmptyInput, InputError
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.shown import without_surrogates

IMAGE_SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".pgm", ".jpg", ".jpeg", ".jp2", ".wsq"})


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Sample:
    """One impression of one finger, by labels.

    Parameters
    ----------
    finger, impression
        Any text without a line break; two samples with the same finger label are mated.
    """

    finger: str
    impression: str

    def __post_init__(self) -> None:
        for name, label in (("finger", self.finger), ("impression", self.impression)):
            if not label or "\n" in label or "\r" in label:
                raise InputError(f"{name}: expected a label of one line, got {len(label)} characters")

    @classmethod
    def from_stem(cls, stem: str) -> Sample:
        """The sample that a file name without its ending stands for: ``FINGER_IMPRESSION``, split at the last ``_``."""
        finger, separator, impression = stem.rpartition("_")
        if not separator or not finger or not impression:
            raise InputError("sample name: expected FINGER_IMPRESSION, as in 3_1.png")
        return cls(finger, impression)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of samples to compare.

    Attributes
    ----------
    probe, reference
        int32, shape (n,), positions in the list of samples.
    is_mated
        bool, shape (n,), True where both are impressions of one finger.
    """

    probe: NDArray[np.int32]
    reference: NDArray[np.int32]
    is_mated: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.probe.shape[0])


def read_samples(folder: str | Path) -> list[tuple[Sample, Path]]:
    """The images ``FINGER_IMPRESSION.png`` (or another image ending) of a folder, in natural order of their labels.

    Raises
    ------
    InputError
        When the folder does not exist, holds no image, or two files stand for one sample.
    """
    root = path_of(folder, "folder")
    if not root.is_dir():
        raise InputError("folder: expected an existing folder of images FINGER_IMPRESSION.png")
    paths = [path for path in root.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES]
    named = sorted(
        ((Sample.from_stem(without_surrogates(path.stem)), path) for path in paths), key=lambda item: _natural(item[0])
    )
    if not named:
        raise EmptyInput("folder: expected images FINGER_IMPRESSION.png, found none")
    if len({sample for sample, _ in named}) != len(named):
        raise InputError("folder: expected one file per sample, found two with the same name and different endings")
    return named


def all_pairs(samples: Sequence[Sample]) -> Pairs:
    """Every unordered pair of samples: 280 mated and 2,880 non-mated pairs for 10 fingers x 8 impressions."""
    probe, reference = np.triu_indices(_distinct(samples), k=1)
    return _pairs(samples, probe, reference)


def fvc_pairs(samples: Sequence[Sample]) -> Pairs:
    """Every unordered mated pair; of different fingers the first impressions only.

    "First" is the first in the order of `samples`, which for `read_samples` is the lowest impression label.
    """
    _distinct(samples)
    firsts: dict[str, int] = {}
    for position, sample in enumerate(samples):
        firsts.setdefault(sample.finger, position)
    is_first = np.zeros(len(samples), dtype=np.bool_)
    is_first[list(firsts.values())] = True
    pairs = all_pairs(samples)
    kept = pairs.is_mated | (is_first[pairs.probe] & is_first[pairs.reference])
    return Pairs(pairs.probe[kept], pairs.reference[kept], pairs.is_mated[kept])


def cross_pairs(first: Sequence[Sample], second: Sequence[Sample]) -> Pairs:
    """Every sample of one set with every sample of the other, as for two sensors that saw the same fingers.

    Positions are those of the list ``[*first, *second]``, whose samples must differ: give the impressions of the second
    set labels of their own. Fingers with one label in both sets are mated.
    """
    samples = [*first, *second]
    _distinct(samples)
    probe, reference = np.divmod(np.arange(len(first) * len(second)), max(len(second), 1))
    return _pairs(samples, probe, reference + len(first))


def sampled_pairs(pairs: Pairs, max_non_mated: int, rng: np.random.Generator) -> Pairs:
    """All mated pairs, and at most `max_non_mated` non-mated pairs drawn without replacement; the order is kept."""
    if max_non_mated < 1:
        raise InputError(f"max_non_mated: expected at least 1, got {max_non_mated}")
    candidates = np.flatnonzero(~pairs.is_mated)
    if candidates.size <= max_non_mated:
        return pairs
    drawn = rng.choice(candidates, size=max_non_mated, replace=False)
    kept = np.sort(np.concatenate([np.flatnonzero(pairs.is_mated), drawn]))
    return Pairs(pairs.probe[kept], pairs.reference[kept], pairs.is_mated[kept])


def _distinct(samples: Sequence[Sample]) -> int:
    if len(set(samples)) != len(samples):
        raise InputError("samples: expected each sample once, found one twice")
    return len(samples)


def _pairs(samples: Sequence[Sample], probe: NDArray[np.intp], reference: NDArray[np.intp]) -> Pairs:
    _, code = np.unique(np.array([sample.finger for sample in samples], dtype=np.str_), return_inverse=True)
    return Pairs(probe.astype(np.int32), reference.astype(np.int32), code[probe] == code[reference])


def _natural(sample: Sample) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Sort key that puts ``2`` before ``10``."""
    labels = (sample.finger, sample.impression)
    return tuple(
        tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.findall(r"\d+|\D+", label))
        for label in labels
    )
