"""The package nbis-py (NBIS mindtct and bozorth3, compiled), as `drive` calls it."""

# ruff: noqa: D102, ARG002 - the methods are described once, in `drive.Adapter`

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import nbis

VERSION = f"nbis-py {metadata.version('nbis-py')}"


class Engine:
    """Without image quality and region of interest, which comparisons do not need."""

    def __init__(self, extractor: str) -> None:
        settings = nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=500.0
        )
        self._extractor = nbis.new_nbis_extractor(settings)

    def load(self, path: str, ppi: float) -> str:
        Path(path).read_bytes()  # so that the system has the file in memory
        return path

    def extract(self, image: str) -> Any:
        """Its ways in are a file and an encoded image in memory; the file is the faster by 10 ms for 388 x 374 px.

        The files are PNG without compression, so that decoding costs little.
        """
        return self._extractor.extract_minutiae_from_image_file(image)

    def minutiae(self, template: Any) -> int:
        return len(template.get())

    def size(self, template: Any) -> int:
        return len(template.to_iso_19794_2_2005())

    def dump(self, template: Any) -> None:
        """Nothing: a record rounds qualities, and extraction is fast."""

    def restore(self, data: bytes) -> Any:
        raise NotImplementedError

    def enrol(self, template: Any, matcher: str) -> Any:
        return template

    def compare(self, probe: Any, reference: Any, matcher: str) -> float:
        return float(probe.compare(reference))

    def pack(self, templates: list[Any], matcher: str) -> None:
        """Nothing: it compares one by one."""

    def compare_packed(self, probe: Any, packed: Any, matcher: str) -> None:
        raise NotImplementedError
