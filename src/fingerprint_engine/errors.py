"""Every exception and warning of the package, but those of keys: `keys.errors`.

One root, so that ``except FingerprintEngineError`` catches whatever the engine raises on purpose. Messages say what was
wrong, where, what was expected and what was found, with units; they never hold personal data, pixels or template bytes.
Every exception takes positional arguments only, so that it survives pickling between worker processes.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from fingerprint_engine.version import DISTRIBUTION


class FingerprintEngineError(Exception):
    """Root of every error that the engine raises on purpose."""


class InputError(FingerprintEngineError, ValueError):
    """The caller passed something that cannot be used."""


class ImageError(InputError):
    """An image cannot be read, or is not a usable fingerprint image."""


class UnreadableImage(ImageError):
    """An image file cannot be read or decoded: absent, forbidden, damaged, cut off or of an unknown kind."""


class NotARegularFile(InputError):
    """A path names something that cannot be read like a file: a pipe, a device or a socket.

    Parameters
    ----------
    path
        As the caller gave it.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: expected a file, got a device, pipe or socket"


class ParameterError(InputError):
    """An argument or a parameter is outside what it may be."""


class EmptyInput(InputError):
    """A folder or a list holds nothing to work on."""


class MissingExtra(FingerprintEngineError, ImportError):
    """A feature needs an optional dependency that is not installed.

    Parameters
    ----------
    need
        What needs which package, such as ``"pictures need matplotlib"``.
    extra
        The extra that brings the package.
    """

    def __init__(self, need: str, extra: str) -> None:
        super().__init__(need, extra)
        self.need = need
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.need}, which is not installed: pip install '{DISTRIBUTION}[{self.extra}]'"


class FailureReason(enum.Enum):
    """Why no template could be made of an image (ISO/IEC 2382-37: failure to extract)."""

    UNREADABLE_IMAGE = "unreadable image"
    INVALID_IMAGE = "invalid image"
    NO_CONTRAST = "no contrast"
    NO_FINGERPRINT = "no fingerprint"
    TOO_SMALL_AREA = "too small ridge area"
    TOO_LARGE_AREA = "too large ridge area"
    TOO_FEW_MINUTIAE = "too few minutiae"


class FailureToExtract(FingerprintEngineError):
    """No template could be made of an image.

    Parameters
    ----------
    reason
        What went wrong, as a value that can be counted.
    detail
        One sentence with what was expected and what was found.
    measures
        The measured numbers behind the decision, by name.
    """

    def __init__(self, reason: FailureReason, detail: str, measures: Mapping[str, float] | None = None) -> None:
        super().__init__(reason, detail, dict(measures or {}))
        self.reason = reason
        self.detail = detail
        self.measures: Mapping[str, float] = MappingProxyType(dict(measures or {}))

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}"

    def __reduce__(self) -> tuple[type[FailureToExtract], tuple[FailureReason, str, dict[str, float]]]:
        # The read-only view of the measures cannot be pickled; the arguments can.
        return type(self), (self.reason, self.detail, dict(self.measures))


class TemplateError(FingerprintEngineError, ValueError):
    """A template cannot be used."""


class CorruptTemplate(TemplateError):
    """Template bytes are damaged: wrong magic, length, checksum or content."""


class UnsupportedTemplateVersion(TemplateError):
    """Template bytes were written by a release newer than this one."""


class IncompatibleTemplates(TemplateError):
    """Two templates were made with different parameters and must not be compared."""


class InvalidEvidence(FingerprintEngineError, ValueError):
    """The evidence of a hit is no such document, or contradicts itself."""


class GalleryError(FingerprintEngineError):
    """A gallery cannot do what was asked."""


class DuplicateKey(GalleryError, ValueError):
    """The key is enrolled already."""


class UnknownKey(GalleryError, KeyError):
    """The key is not enrolled."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class JournalError(GalleryError, InputError):
    """A file is the journal of something else, or no journal, or cannot be kept as one."""


class AbsentGallery(GalleryError):
    """There is no gallery at a path."""


class NotEnoughMemory(GalleryError):
    """What was to be read into memory does not fit there."""


class CorruptGallery(GalleryError):
    """A gallery's files are damaged."""


class UnsupportedGalleryVersion(GalleryError):
    """A gallery's files were written by a release newer than this one."""


class GalleryLocked(GalleryError):
    """Another process is writing to the gallery."""


class ExchangeError(FingerprintEngineError, ValueError):
    """A record in an exchange format cannot be read, written or mapped; decoders raise nothing else."""


class MalformedRecord(ExchangeError):
    """Bytes break the layout that their format prescribes.

    Parameters
    ----------
    reason
        One sentence: what was expected and what was found; never personal data or the bytes themselves.
    offset
        Where in the file, in bytes from its start; None where no single place is at fault.
    field
        Name or number of the field, such as ``"record length"`` or ``"9.331"``; empty if none.
    clause
        The standard, and its clause or table where known, that prescribes the layout; empty if none.
    """

    def __init__(self, reason: str, offset: int | None = None, field: str = "", clause: str = "") -> None:
        super().__init__(reason, offset, field, clause)
        self.reason = reason
        self.offset = offset
        self.field = field
        self.clause = clause

    def __str__(self) -> str:
        place = "" if self.offset is None else f"offset {self.offset}"
        where = ", ".join(part for part in (self.clause, self.field, place) if part)
        return f"{where}: {self.reason}" if where else self.reason


class UnsupportedRecord(ExchangeError):
    """The format was recognised, or a value in it, and the engine does not read or write it."""


class ContradictoryRecord(ExchangeError):
    """A record that was to be written contradicts itself or another one.

    Parameters
    ----------
    reason
        One sentence: what was expected and what was found; never personal data.
    field
        Number of the field at fault, such as ``"14.003"``; empty if none.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason, field)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class Refusal(enum.Enum):
    """Why a bundle of another agency is refused."""

    MALFORMED = "malformed"
    UNKNOWN_SENDER = "unknown sender"
    UNKNOWN_KEY = "unknown key"
    RETIRED_KEY = "retired key"
    WRONG_RECEIVER = "wrong receiver"
    EXPIRED = "expired"
    MADE_LATER = "made later than now"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    LENGTHENED = "lengthened"
    REORDERED = "reordered"
    SEALED_FOR_OTHERS = "sealed for another key"
    REPLAYED = "replayed"
    ROLLED_BACK = "rolled back"
    MISSING_BEFORE = "missing before"
    UNASKED = "unasked"
    """It answers what was not asked of its sender; the other words say what they mean."""


class BundleRefused(ExchangeError):
    """A bundle of another agency is not taken; nothing of it was done.

    Parameters
    ----------
    reason
        Why, as a value that can be counted and logged.
    detail
        One sentence: what was expected and what was found; never personal data.
    place
        Which record of the bundle, from 1; 0 for the bundle as a whole.
    """

    def __init__(self, reason: Refusal, detail: str, place: int = 0) -> None:
        super().__init__(reason, detail, place)
        self.reason = reason
        self.detail = detail
        self.place = place

    def __str__(self) -> str:
        where = f"bundle, record {self.place}" if self.place else "bundle"
        return f"{where}: {self.reason.value}: {self.detail}"


class KeyFileError(ExchangeError):
    """A file of keys, or a directory of agencies, cannot be used."""


class LimitExceeded(ImageError, ExchangeError):
    """A file asks for more than it may cost, see `limits`; nothing of that size was made.

    It is met wherever files are read, and so belongs to both the errors of images and those of records.

    Parameters
    ----------
    limit
        Name of the limit, such as ``"pixels"``.
    allowed, found
        What it allows, and what the file asks for; there may be more.
    place
        The file, or where in it; empty if not known.
    """

    def __init__(self, limit: str, allowed: float, found: float, place: str = "") -> None:
        super().__init__(limit, allowed, found, place)
        self.limit = limit
        self.allowed = allowed
        self.found = found
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}limit {self.limit}: expected at most {self.allowed:,}, found {self.found:,} or more"

    def at(self, place: str) -> LimitExceeded:
        """The same, with the place in front."""
        where = f"{place}: {self.place}" if self.place else place
        return type(self)(self.limit, self.allowed, self.found, where)


class LossRefused(ExchangeError):
    """Strict mapping met something that the other side cannot hold.

    Parameters
    ----------
    losses
        One sentence for each thing that would be lost.
    """

    def __init__(self, losses: tuple[str, ...]) -> None:
        super().__init__(losses)
        self.losses = losses

    def __str__(self) -> str:
        return "refused, because it would lose: " + "; ".join(self.losses)


class RecordsError(FingerprintEngineError):
    """A registry cannot do what was asked; nothing of it was done."""


class InvalidPolicy(RecordsError, ValueError):
    """A policy file holds something that a policy cannot say."""


class PolicyDenied(RecordsError):
    """The policy does not allow this for the purpose of the session."""


class UnknownRecord(RecordsError, KeyError):
    """The registry holds no such person, encounter, case, proposal or change."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class RecordConflict(RecordsError):
    """What was asked contradicts what the registry holds: a number twice, an erased person, a decided case."""


class UndoRefused(RecordConflict):
    """A change cannot be undone, because others built on what it did."""


class ClockWentBack(RecordsError):
    """The clock shows a time before the last entry of the audit trail."""


class RegistryUnavailable(RecordsError):
    """The database cannot be reached, opened or written, or another process keeps it too long."""


class UnsupportedSchema(RecordsError):
    """The database has the schema of an older or a newer release, or is no registry."""


class ForeignGallery(RecordsError):
    """A gallery follows another registry, or none and is not empty."""


class ModelError(FingerprintEngineError):
    """A network file is missing, altered or cannot be used."""


class FingerprintEngineWarning(UserWarning):
    """Root of every warning of the engine."""


class ResolutionWarning(FingerprintEngineWarning):
    """What a file states about its resolution disagrees with the caller or with the ridges."""


class PolarityWarning(FingerprintEngineWarning):
    """The image seems to show light ridges on a dark ground."""


class SeveralPrintsWarning(FingerprintEngineWarning):
    """The picture shows several prints, and one of them was read."""


class KernelCacheWarning(FingerprintEngineWarning):
    """Compiled kernels cannot be kept where they usually are: every process compiles anew, or keeps them elsewhere."""


class ModelWarning(FingerprintEngineWarning):
    """The network of the learned extractor cannot be used, and the classical extractor takes its place."""
