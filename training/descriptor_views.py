"""All pairs of a set of real prints as the matcher sees them, with the descriptors of every minutia beside it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from benchmarks.fitting.fusion import View
from numpy.typing import NDArray

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.extractors import LearnedExtractor, LearnedParameters
from fingerprint_engine.matching.kernels.comparison import align, compared, support
from fingerprint_engine.matching.kernels.fusion import MATCHED_SHARE, TERMS, terms_many
from fingerprint_engine.matching.kernels.layout import EVIDENCE, Settings, Tables, make_scratch
from fingerprint_engine.matching.kernels.local import local_similarity
from fingerprint_engine.matching.kernels.ridge_counts import forget_ridges
from fingerprint_engine.matching.parameters import MatchingParameters, settings_of, tables_of
from fingerprint_engine.pipeline import PipelineParameters, template_of
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import packed
from fingerprint_engine.template.kernels.columns import words_of
from fingerprint_engine.template.sketches import sketch_weights
from training.descriptor_network import BITS, Encoder
from training.descriptor_patches import patches_of
from training.judge import read_images

NON_MATED_PER_PAIR = 4
Floats = NDArray[np.float64]


@dataclasses.dataclass
class Prints:
    """Templates, their fingers, and unit vectors of all minutiae one print after another by name of the descriptor."""

    templates: list[Template]
    fingers: NDArray[np.int64]
    first: NDArray[np.int64]
    vectors: dict[str, NDArray[np.float32]]


def read_prints(data: Path, impressions: int, worse: bool, encoders: dict[str, Encoder]) -> Prints:
    """Read `uareu`, or worse copies of it; prints that cannot be read are left out."""
    extractor, parameters = LearnedExtractor(), PipelineParameters(reading=LearnedParameters())
    templates, fingers, described = [], [], []
    for sample, image in read_images(data, impressions, worse):
        try:
            reading = extractor.read(image)
            made = template_of(reading, source_ppi=image.ppi, extractor=extractor.name, parameters=parameters)
        except FailureToExtract:
            continue
        patches = patches_of(reading.maps, made.minutiae)
        described.append({kind: encoder.describe(patches) for kind, encoder in encoders.items()})
        templates.append(made)
        fingers.append(sample.finger)
    vectors = {"sketch 128": _unit(np.concatenate([sketch_bits(template) for template in templates]))}
    for kind in encoders:
        for at, bits in enumerate(BITS):
            values = np.concatenate([print_[kind][at] for print_ in described])
            vectors[f"{kind} {bits}"] = _unit(np.where(values > 0, 1.0, -1.0))
        vectors[f"{kind} float"] = _unit(np.tanh(2.0 * values))
    first = np.concatenate([[0], np.cumsum([len(template) for template in templates])])
    return Prints(templates, np.unique(fingers, return_inverse=True)[1], first, vectors)


def sketch_bits(template: Template) -> NDArray[np.float64]:
    """The shipped sketch of every minutia as ±1, shape (n, 128); its weights were fitted on `uareu` itself."""
    weights, bias = sketch_weights()
    bits = (template.cylinders[:, :, None] >> np.arange(52, dtype=np.uint64)) & np.uint64(1)
    sums = bits.reshape(len(bits), -1).astype(np.int64) @ weights.reshape(-1, 128).astype(np.int64) + bias
    return np.where(sums > 0, 1.0, -1.0)


def _unit(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


class DescribedView(View):
    """Evidence of all pairs, and who was matched with whom.

    Parameters
    ----------
    prints
        What to compare.
    blend
        Name of a descriptor and its share of the similarity by which minutiae are paired; None for cylinders alone.
    reject_below
        Relaxed similarity below which a comparison ends.
    """

    def __init__(
        self, name: str, prints: Prints, blend: tuple[str, float] | None = None, reject_below: float | None = None
    ) -> None:
        self.name = name
        parameters = MatchingParameters()
        settings, tables = settings_of(parameters), tables_of(parameters)
        if reject_below is not None:
            settings = settings._replace(reject_below=reject_below)
        a, b = np.triu_indices(len(prints.templates), 1)
        self.finger_a, self.finger_b = prints.fingers[a], prints.fingers[b]
        self.is_mated = self.finger_a == self.finger_b
        self.stages, self.evidence = np.zeros(len(a), np.int64), np.zeros(len(a), EVIDENCE)
        self._compare(prints, a, b, blend, settings, tables)
        self.terms = np.empty((len(a), len(TERMS)))
        terms_many(self.evidence, self.terms)
        self.aligned = self.stages == 2

    def _compare(
        self,
        prints: Prints,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        blend: tuple[str, float] | None,
        settings: Settings,
        tables: Tables,
    ) -> None:
        largest = max(len(template) for template in prints.templates)
        scratch, rng = make_scratch(largest, settings.max_pairs), np.random.default_rng(1)
        known = scratch.ridges_probe, scratch.ridges_reference
        columns, first = [packed(template).columns for template in prints.templates], prints.first
        matches, non_mated = [], []
        for at in range(len(a)):
            one, other = columns[a[at]], columns[b[at]]
            if min(one.first[1], other.first[1]) < 2:
                continue
            n, m = (int(compared(side, 0, settings)) for side in (one, other))
            local_similarity(
                words_of(one, 0), int(one.first[1]), n, words_of(other, 0), int(other.first[1]), m, settings.min_cells,
                settings.texture_floor, settings.texture_unknown, scratch.similarity, scratch.row, scratch.row_texture,
            )  # fmt: skip
            similarity = scratch.similarity[: n * m]
            if blend is not None:
                vectors = prints.vectors[blend[0]]
                alike = vectors[first[a[at]] : first[a[at]] + n] @ vectors[first[b[at]] : first[b[at]] + m].T
                similarity *= np.float32(1.0 - blend[1])
                similarity += np.float32(blend[1]) * np.maximum(alike, 0.0).ravel()
            if not self.is_mated[at]:
                i, j = rng.integers(0, (n, m), (NON_MATED_PER_PAIR, 2)).T
                non_mated.append((np.full(len(i), at), first[a[at]] + i, first[b[at]] + j, similarity[i * m + j]))
            evidence = self.evidence[at]
            evidence["flow_known"] = 1.0
            pairs, evidence["relaxed_similarity"], evidence["local_similarity"] = support(
                one, 0, n, other, 0, m, settings, tables, scratch
            )
            if pairs >= 2:
                self.stages[at] = 1
                if evidence["relaxed_similarity"] >= settings.reject_below:
                    self.stages[at] = 2
                    for lines, minutiae in zip(known, (n, m), strict=True):
                        forget_ridges(lines, minutiae)
                    align(one, 0, n, other, 0, m, pairs, settings, tables, *known, scratch, evidence)
                    i, j = scratch.matched[:, : scratch.matches[0]]
                    matches.append((np.full(len(i), at), first[a[at]] + i, first[b[at]] + j, similarity[i * m + j]))
        self.matches = tuple(np.concatenate(column) for column in zip(*matches, strict=True))
        self.non_mated = tuple(np.concatenate(column) for column in zip(*non_mated, strict=True))


def agreement(
    vectors: NDArray[np.float32],
    rows: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Cosine of the descriptors of pairs of minutiae."""
    return np.einsum("nk,nk->n", vectors[rows[1]], vectors[rows[2]])


def descriptor_terms(view: DescribedView, alike: NDArray[np.float32], convincing: float) -> Floats:
    """What the descriptors of the matched minutiae say about each pair of prints; shape (n, 4), growing with likeness.

    Their mean, shrunk towards nothing; the root of their sum; that times the share of minutiae in the overlap that are
    matched; the root of the number that is more alike than `convincing`.
    """
    pair, count = view.matches[0], len(view.stages)
    total = np.maximum(np.bincount(pair, alike, count), 0.0)
    matched = np.bincount(pair, minlength=count)
    strong = np.bincount(pair, alike > convincing, count)
    share = view.terms[:, MATCHED_SHARE]
    return np.stack([total / (matched + 2.0), np.sqrt(total), np.sqrt(total) * share, np.sqrt(strong)], axis=1)
