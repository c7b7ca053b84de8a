"""Scores of all prints with each other, as a table."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError, MissingExtra
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.tables import csv_bytes
from fingerprint_engine.whole_files import write_whole

Print = TypeVar("Print")
COLUMNS = ("probe", "reference", "score", "fmr")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ScoreMatrix:
    """Scores of all prints with each other.

    Attributes
    ----------
    names
        Of the prints, in order.
    score
        float64, shape (n, n), symmetric; NaN on the diagonal: no print is compared with itself.
    """

    names: tuple[str, ...]
    score: NDArray[np.float64]

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """Each pair once: two names, score, and the false match rate that the score stands for."""
        for i, j in zip(*np.triu_indices(len(self.names), k=1), strict=True):
            score = float(self.score[i, j])
            yield self.names[i], self.names[j], score, float(10.0 ** (-score / 10.0))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: a list of the rows."""
        return {"pairs": [dict(zip(COLUMNS, row, strict=True)) for row in self.rows()]}

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write a CSV file of the rows, whole or not at all.

        Raises
        ------
        FileExistsError
            When there is such a file and `overwrite` is false.
        OSError
            When it cannot be written.
        """
        write_whole(path_of(path, "path"), csv_bytes(COLUMNS, self.rows()), overwrite=overwrite)

    def frame(self) -> Any:
        """A square `pandas.DataFrame` with the names as index and columns.

        Raises
        ------
        MissingExtra
            When pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise MissingExtra("data frames need pandas", "tables") from None
        return pandas.DataFrame(self.score, index=list(self.names), columns=list(self.names))


def score_matrix(
    prints: Mapping[str, Print], compare_many: Callable[[Print, Sequence[Print]], NDArray[np.float64]]
) -> ScoreMatrix:
    """Compare all prints with each other, each pair once.

    Parameters
    ----------
    prints
        By name.
    compare_many
        Scores of one print with several, float64, shape (n,): `fingerprint_engine.compare_many`.

    Raises
    ------
    InputError
        When `prints` is no mapping.
    """
    if not isinstance(prints, Mapping):
        raise InputError(f"prints: expected a mapping of names to templates, got {type(prints).__name__}")
    names, values = tuple(prints), list(prints.values())
    score = np.full((len(names), len(names)), np.nan)
    for place, probe in enumerate(values[:-1]):
        score[place, place + 1 :] = score[place + 1 :, place] = compare_many(probe, values[place + 1 :])
    score.setflags(write=False)
    return ScoreMatrix(names, score)
