"""The one door to matplotlib: figures without pyplot, so that nothing global is read or changed.

Matplotlib is imported when the first figure is made, never when the package is imported.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.errors import MissingExtra, ParameterError
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.shown import printable
from fingerprint_engine.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Axes",
    "Figure",
    "Picture",
    "blank_axes",
    "check_format",
    "edged_text",
    "new_figure",
    "placed_on",
    "plain",
    "require_plots",
    "scale_of",
    "shortened",
    "strokes",
    "swatch",
]

FORMATS = (".png", ".pdf", ".svg")
MAX_NAME = 40
"""Characters of a print's name: more do not fit above it."""
_UNDATED: dict[str, dict[str, Any]] = {".png": {}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None}}


def require_plots() -> None:
    """Say how to install matplotlib if it is not there.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtra("pictures need matplotlib", "plots")


def check_format(path: Path) -> str:
    """The lower-case suffix of a picture's name.

    Raises
    ------
    ParameterError
        When it is not that of a format that can be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ParameterError(f"path: expected a name that ends in {', '.join(FORMATS)}, got {path.name!r}")
    return suffix


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A finished drawing.

    Attributes
    ----------
    figure
        The matplotlib figure, for callers who want to go on drawing.
    """

    figure: Figure

    def save(self, path: str | os.PathLike[str], *, dpi: float = 150.0, overwrite: bool = False) -> Path:
        """Write the drawing, whole or not at all; the suffix says how.

        Parameters
        ----------
        path
            Ends in .png, .pdf or .svg; its folder must exist.
        dpi
            Dots per inch of pixel formats.
        overwrite
            Whether a file that exists is replaced.

        Raises
        ------
        ParameterError
            When the suffix is none of these.
        FileExistsError
            When there is such a file and `overwrite` is false.
        OSError
            When the file cannot be written.
        """
        target = path_of(path, "path")
        suffix = check_format(target)
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format=suffix[1:], dpi=dpi, metadata=_UNDATED[suffix])
        write_whole(target, buffer.getvalue(), overwrite=overwrite)
        return target

    def to_png(self, *, dpi: float = 150.0) -> bytes:
        """The drawing as PNG bytes."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=dpi)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        return self.to_png(dpi=100.0)


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty white figure of a size in inches, bound to no window and to no global state."""
    require_plots()
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained", facecolor="white")


def plain(title: str) -> str:
    """A caller's title as text that matplotlib takes for no formula and that is seen as it stands."""
    return printable(title).replace("$", r"\$")


def shortened(name: str) -> str:
    """A name with its middle left out where it is too long for a heading."""
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME // 2 - 1]}…{name[-MAX_NAME // 2 :]}"


def blank_axes(axes: Axes) -> None:
    """Take away ticks and frame: what is shown is a picture, not a chart."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def edged_text(axes: Axes, text: str, at: tuple[float, float], color: Any) -> None:
    """A small text at a place of a print, edged in white so that ridges do not hide it."""
    from matplotlib.patheffects import withStroke

    edge = [withStroke(linewidth=2.2, foreground="white")]
    axes.text(*at, text, fontsize=7.5, color=color, ha="center", va="center", zorder=9, path_effects=edge)


def placed_on(axes: Axes, shown: Any, origin: NDArray[Any], right: NDArray[Any], down: NDArray[Any]) -> None:
    """Move an image by the affine map that carries (0, 0), (1, 0) and (0, 1) to these three places."""
    from matplotlib.transforms import Affine2D

    across, along = right - origin, down - origin
    moved = Affine2D.from_values(across[0], across[1], along[0], along[1], origin[0], origin[1])
    shown.set_transform(moved + axes.transData)


def scale_of(low: float, high: float, power: float) -> Any:
    """A colour scale from low to high; a power above 1 stretches its upper end."""
    from matplotlib.colors import PowerNorm

    return PowerNorm(power, vmin=low, vmax=high)


def strokes(
    axes: Axes,
    start: tuple[ArrayLike, ArrayLike],
    end: tuple[ArrayLike, ArrayLike],
    *,
    colors: Any,
    widths: float | Sequence[float],
    alpha: float | Sequence[float] | None = None,
    styles: Any = "solid",
    zorder: float = 2.0,
) -> None:
    """Draw straight strokes from `start` = (x, y) to `end`, in data coordinates, all in one collection."""
    import numpy as np
    from matplotlib.collections import LineCollection

    segments = np.stack([np.column_stack(start), np.column_stack(end)], axis=1)
    collection = LineCollection(list(segments), colors=colors, linewidths=widths, linestyles=styles, zorder=zorder)
    collection.set_capstyle("round")
    if alpha is not None:
        collection.set_alpha(alpha)
    axes.add_collection(collection, autolim=False)


def swatch(label: str, **style: Any) -> Any:
    """One entry of a legend: a marker or a line with its label, drawn nowhere else."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **style)
