"""What an evaluation measures: which images it takes and which pairs of them it compares."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation.lists import MAX_NAMED, ListedImage, read_image_list, read_pair_list
from fingerprint_engine.evaluation.protocol import (
    IMAGE_SUFFIXES,
    Pairs,
    Sample,
    all_pairs,
    cross_pairs,
    fvc_pairs,
    read_samples,
)
from fingerprint_engine.regular_files import path_of


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Images with their labels, and the pairs to compare.

    Attributes
    ----------
    name
        Of the set: the last part of its path.
    images
        Each with its sample; `pairs` holds positions in this list.
    pairs
        Mated and non-mated ones, at least one of each.
    protocol
        How the pairs were chosen: ``all``, ``fvc``, the name of a list, or against which other set.
    """

    name: str
    images: tuple[ListedImage, ...]
    pairs: Pairs
    protocol: str

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The labels of the images."""
        return tuple(image.sample for image in self.images)

    @property
    def single_fingers(self) -> tuple[str, ...]:
        """Fingers with one impression: they give no mated pair and serve in non-mated pairs only."""
        impressions = Counter(sample.finger for sample in self.samples)
        return tuple(sorted(finger for finger, count in impressions.items() if count == 1))


def plan_evaluation(source: str | Path, *, protocol: str | Path = "all", against: str | Path | None = None) -> Plan:
    """Choose the images and pairs of an evaluation.

    Parameters
    ----------
    source
        A folder of images ``FINGER_IMPRESSION.png``, or a CSV file as for `read_image_list`.
    protocol
        ``"all"``, ``"fvc"``, or a CSV file as for `read_pair_list`.
    against
        A second folder or list, as of another sensor: every print of `source` is compared with every print of it.

    Raises
    ------
    InputError
        When images or pairs cannot be told, or there are no mated or no non-mated pairs.
    """
    place = path_of(source, "source")
    images = _images(place)
    samples = [image.sample for image in images]
    if against is not None:
        if protocol != "all":
            raise InputError("against: expected no protocol, since every print of one set meets every one of the other")
        others = [
            dataclasses.replace(image, sample=Sample(image.sample.finger, f"{image.sample.impression}/against"))
            for image in _images(path_of(against, "against"))
        ]
        pairs = cross_pairs(samples, [image.sample for image in others])
        images += others
    else:
        pairs = _pairs(protocol, images, samples)
    mated = int(pairs.is_mated.sum())
    if not 0 < mated < len(pairs):
        raise InputError(
            f"pairs: expected mated and non-mated pairs, found {mated} mated and {len(pairs) - mated} non-mated; "
            "fingers need two impressions each, and there must be two fingers"
        )
    named = Path(protocol).name if against is None else f"every print against every one of {_name_of(Path(against))}"
    return Plan(_name_of(place), tuple(images), pairs, named)


def _pairs(protocol: str | Path, images: list[ListedImage], samples: list[Sample]) -> Pairs:
    if protocol == "all":
        return all_pairs(samples)
    if protocol == "fvc":
        return fvc_pairs(samples)
    listing = path_of(protocol, "protocol")
    if listing.suffix.lower() != ".csv" and not listing.exists():
        raise InputError(f"protocol: expected all, fvc or a CSV file of pairs, found {str(protocol)!r}")
    return read_pair_list(listing, images)


def _name_of(source: Path) -> str:
    """What a folder or list is called, also when it is given as ``.``."""
    return source.resolve().name if source.name in ("", "..") else source.name


def _images(source: Path) -> list[ListedImage]:
    """Images of a folder, or of a CSV list."""
    if source.suffix.lower() == ".csv" and not source.is_dir():
        return read_image_list(source)
    try:
        return [ListedImage(sample, path) for sample, path in read_samples(source)]
    except InputError as error:
        names = _misnamed(source)
        shown = f"; see {', '.join(names[:MAX_NAMED])}" + (" …" if len(names) > MAX_NAMED else "") if names else ""
        raise type(error)(f"{source}: {error}{shown}") from None


def _misnamed(folder: Path) -> list[str]:
    """Images of a folder whose names give no sample, or else those that share a sample."""
    if not folder.is_dir():
        return []
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    stems = Counter(path.stem for path in paths)
    nameless = [path.name for path in paths if not all(path.stem.rpartition("_"))]
    return nameless or [path.name for path in paths if stems[path.stem] > 1]
