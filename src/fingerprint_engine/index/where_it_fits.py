"""`open_where_it_fits`: a gallery with its index in memory, as far as there is memory for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fingerprint_engine.errors import NotEnoughMemory
from fingerprint_engine.index.gallery import Gallery


def open_where_it_fits(path: str | Path, **options: Any) -> tuple[Gallery, str]:
    """Open a gallery with its index in memory, or, where it does not fit there, through mapped files.

    Whether it fits is asked before anything is read, so galleries that are opened at the same time may together be
    given more than there is.

    Parameters
    ----------
    path, options
        As `Gallery.open` takes them, but for ``in_memory``.

    Returns
    -------
    The gallery, and why it is mapped; empty when it is in memory.

    Raises
    ------
    GalleryError
        As `Gallery.open`.
    """
    try:
        return Gallery.open(path, in_memory=True, **options), ""
    except NotEnoughMemory as error:
        reason = str(error)
    # Only here: as long as it is handled, the error holds all that was read before memory was out.
    return Gallery.open(path, **options), reason
