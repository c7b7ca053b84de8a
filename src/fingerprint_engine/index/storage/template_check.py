"""The full check of templates that come from a gallery's files: the same as at every other door."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import (
    CorruptGallery,
    CorruptTemplate,
    UnsupportedGalleryVersion,
    UnsupportedTemplateVersion,
)
from fingerprint_engine.template import Template


def check_templates(data: NDArray[np.uint8], offset: NDArray[np.int64], where: str) -> list[int]:
    """Check native templates that lie one after another.

    Returns
    -------
    list
        Rows whose checksum is wrong.

    Raises
    ------
    CorruptGallery
        When the checksum of one is right and its content impossible: somebody, or a faulty program, made it so.
    UnsupportedGalleryVersion
        When one is of a newer release.
    """
    damaged = []
    for row in range(offset.shape[0] - 1):
        native = data[int(offset[row]) : int(offset[row + 1])].tobytes()
        try:
            Template.from_bytes(native)
        except CorruptTemplate as error:
            if len(native) > 4 and zlib.crc32(native[:-4]) == int.from_bytes(native[-4:], "little"):
                raise CorruptGallery(f"{where}: template {row} cannot be read ({error})") from error
            damaged.append(row)
        except UnsupportedTemplateVersion as error:
            raise UnsupportedGalleryVersion(f"{where}: template {row} is of a newer release ({error})") from error
    return damaged


def check_template_list(templates: list[bytes], where: str) -> None:
    """Check native templates, none of which may be damaged; errors as `check_templates`."""
    offset = np.zeros(len(templates) + 1, np.int64)
    np.cumsum([len(template) for template in templates], out=offset[1:])
    damaged = check_templates(np.frombuffer(b"".join(templates), np.uint8), offset, where)
    if damaged:
        raise CorruptGallery(f"{where}: {len(damaged)} templates in it cannot be read")
