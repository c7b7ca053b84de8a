"""`Template`: what is stored of one print, and its bytes."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from fingerprint_engine.errors import CorruptTemplate, InputError, TemplateError
from fingerprint_engine.keys import KeyRing, Provenance, StationKey, Stations
from fingerprint_engine.keys.errors import NotAuthentic, ProtectionError
from fingerprint_engine.keys.sealed_files import is_sealed_file, open_file, seal_file
from fingerprint_engine.keys.signatures import signed_content, with_signature
from fingerprint_engine.regular_files import path_of, read_regular
from fingerprint_engine.template.coarse_map import PERIOD_STEP_PX
from fingerprint_engine.template.content import TemplateContent
from fingerprint_engine.template.content_checks import check_content
from fingerprint_engine.template.content_key import content_key
from fingerprint_engine.template.limits import MAX_TEMPLATE_BYTES
from fingerprint_engine.template.native.check import check_native
from fingerprint_engine.template.native.format import decode, encode
from fingerprint_engine.template.resolution import ResolutionFinding, resolution_finding
from fingerprint_engine.whole_files import write_whole

_PURPOSE = b"template"
"""Of the keys of template files."""
MAX_FILE_BYTES = 16 * MAX_TEMPLATE_BYTES
"""Of a file that may hold a template; what is larger than a template can be is refused by name."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Template(TemplateContent):
    """One print, ready to be stored and compared. Made by `build_template` or `Template.from_bytes`.

    The fields are those of `TemplateContent`. Two templates are equal when their bytes are, and a template equals what
    its own bytes read back as. However it is made, it is checked in full: there is no template that its own bytes would
    not be accepted as.

    Raises
    ------
    InputError
        When a field is not what it should be, or the fields contradict each other.
    """

    def __post_init__(self) -> None:
        check_content(self)
        words = np.array(self.cylinders, order="C")
        words.setflags(write=False)
        object.__setattr__(self, "cylinders", words)
        try:
            check_native(self._bytes)
        except CorruptTemplate as error:
            raise InputError(str(error)) from None

    def __len__(self) -> int:
        return len(self.minutiae)

    def __bool__(self) -> bool:
        return True

    def to_bytes(self) -> bytes:
        """The native byte format, version 1; see `docs/formats.md`."""
        return self._bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Template:
        """Read the native byte format.

        Raises
        ------
        CorruptTemplate
            When the bytes are damaged or forged in any way.
        UnsupportedTemplateVersion
            When they are sound, but of a release newer than this one.
        """
        check_native(data)
        template = object.__new__(cls)
        # The bytes are checked and kept: making them anew to check them again would double the time.
        vars(template).update(vars(decode(data)), _bytes=data)
        return template

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        keys: KeyRing | None = None,
        station: StationKey | None = None,
        signed_at: datetime.datetime | None = None,
    ) -> None:
        """Write the native bytes to a file, whole or not at all, readable by its owner only.

        Parameters
        ----------
        path
            Of the file; ``.fpt`` is the custom.
        overwrite
            Whether a file that exists is replaced.
        keys
            What the file is protected with; None: it is plain.
        station
            The capture station that signs it; None: nobody does.
        signed_at
            When it says that it signs; None: now.

        Raises
        ------
        FileExistsError
            When there is such a file and `overwrite` is false.
        OSError
            When it cannot be written.
        """
        data, target = self._bytes, path_of(path, "path")
        if station is not None:
            data = with_signature(data, station.sign(data, signed_at or datetime.datetime.now(datetime.UTC)))
        write_whole(target, data if keys is None else seal_file(data, keys, _PURPOSE), overwrite=overwrite)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        max_bytes: int = MAX_FILE_BYTES,
        keys: KeyRing | None = None,
        stations: Stations | None = None,
    ) -> Template:
        """Read a file that `save` wrote; see `load_signed`."""
        return cls.load_signed(path, max_bytes=max_bytes, keys=keys, stations=stations)[0]

    @classmethod
    def load_signed(
        cls,
        path: str | os.PathLike[str],
        *,
        max_bytes: int = MAX_FILE_BYTES,
        keys: KeyRing | None = None,
        stations: Stations | None = None,
    ) -> tuple[Template, Provenance | None]:
        """Read a file that `save` wrote, and who signed it; a signature that does not fit is refused in any case.

        Parameters
        ----------
        path
            Of the file.
        max_bytes
            What is larger is not read.
        keys
            Open a file that was protected; a plain one needs none.
        stations
            The capture stations that are trusted: the file must be signed by one of them. None: by any, or by nobody.

        Raises
        ------
        LimitExceeded
            When it has more than `max_bytes`.
        TemplateError
            As `from_bytes`; the message names the file.
        WrongKey
            When it is protected with other keys, or keys are needed and none are given.
        NotAuthentic
            When the signature does not fit, or the file must be signed and is not, or by a station that is not trusted.
        NotARegularFile, OSError
            When it cannot be read.
        """
        data = read_regular(path, max_bytes)
        try:
            data, signature = signed_content(_opened(data, keys) if is_sealed_file(data) else data)
            provenance = None if signature is None else (stations or Stations(())).provenance(signature)
            if stations is not None and (provenance is None or not provenance.is_trusted):
                signer = "nobody" if provenance is None else f"{provenance.station_id}"
                raise NotAuthentic(f"expected the signature of a station that is trusted, signed by {signer}")
            return cls.from_bytes(data), provenance
        except (TemplateError, ProtectionError) as error:
            raise type(error)(f"{path}: {error}") from error

    @functools.cached_property
    def _bytes(self) -> bytes:
        return encode(self)

    @functools.cached_property
    def content_key(self) -> int:
        """64 bits of a hash of what a comparison sees of the template; gives any two templates an order."""
        return content_key(self._bytes)

    @functools.cached_property
    def median_period_px(self) -> float | None:
        """Median distance from ridge to ridge in pixels at 500 ppi, as the stated resolution makes it.

        None when the template does not know how far apart its ridges lie.
        """
        known = self.coarse_map.period[self.coarse_map.period > 0]
        return float(np.median(known)) * PERIOD_STEP_PX if known.size else None

    @property
    def resolution_finding(self) -> ResolutionFinding | None:
        """What the ridges say against the stated resolution, `source_ppi`; None where nothing does."""
        return resolution_finding(self.source_ppi, self.median_period_px)

    def __eq__(self, other: object) -> bool:
        return self._bytes == other._bytes if isinstance(other, Template) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Template.from_bytes, (self._bytes,)

    def __repr__(self) -> str:
        rows, cols = self.shape
        return f"Template({len(self)} minutiae, {rows} x {cols} px, {self.finger.name}, quality {self.quality})"


def _opened(data: bytes, keys: KeyRing | None) -> bytes:
    try:
        return open_file(data, keys, _PURPOSE)
    except NotAuthentic as error:
        raise CorruptTemplate(str(error)) from None
