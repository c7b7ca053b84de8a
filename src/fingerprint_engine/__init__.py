"""FINGERPRINT IMAGES IN, CALIBRATED SCORES AND CANDIDATES OUT.

The public names of the engine. They are loaded when they are first used: importing the package loads no numba, faiss or
matplotlib, and takes a few milliseconds. The rooms (`preprocessing`, `minutiae`, `template`, `matching`, `index`,
`exchange`, `intake`, `synthesis`, `evaluation`, `visualization`, `reports`) are imported by name:
``from fingerprint_engine import synthesis``.
"""

from __future__ import annotations

import sys

_PROGRAM = ("fingerprint_engine", "fingerprint_engine.__main__", "-mfingerprint_engine")
_IS_PROGRAM = sys.argv[:1] == ["-m"] and sys.orig_argv[-len(sys.argv)] in _PROGRAM
if _IS_PROGRAM and not sys.flags.safe_path and __path__[0] != f"{sys.path[0]}/fingerprint_engine":
    # ``python -m`` puts the working folder first where modules are looked for. Anybody may have put files there, so it
    # goes before anything is imported from it; ``sys.argv`` is ["-m"] only while Python looks for this package.
    sys.path[:] = [entry for entry in sys.path if entry not in ("", ".", sys.path[0])]

import importlib  # noqa: E402
import logging  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from fingerprint_engine.bulk import ExtractionFailure, extract_many
    from fingerprint_engine.errors import (
        AbsentGallery,
        BundleRefused,
        ContradictoryRecord,
        CorruptGallery,
        CorruptTemplate,
        DuplicateKey,
        EmptyInput,
        ExchangeError,
        FailureReason,
        FailureToExtract,
        FingerprintEngineError,
        FingerprintEngineWarning,
        GalleryError,
        ImageError,
        IncompatibleTemplates,
        InputError,
        InvalidEvidence,
        JournalError,
        KernelCacheWarning,
        KeyFileError,
        LossRefused,
        MalformedRecord,
        MissingExtra,
        ModelError,
        ModelWarning,
        NotEnoughMemory,
        ParameterError,
        PolarityWarning,
        Refusal,
        ResolutionWarning,
        SeveralPrintsWarning,
        TemplateError,
        UnknownKey,
        UnreadableImage,
        UnsupportedGalleryVersion,
        UnsupportedRecord,
        UnsupportedTemplateVersion,
    )
    from fingerprint_engine.fingers import Finger, Impression, Slap
    from fingerprint_engine.index import Gallery, Identification, PrintDetails, SearchFilter, SearchReceipt
    from fingerprint_engine.intake.warming import warm_up
    from fingerprint_engine.keys import KeyRing, Provenance, StationKey, Stations
    from fingerprint_engine.keys.errors import NotAuthentic, ProtectionError, StaleGallery, UnsafeKeys, WrongKey
    from fingerprint_engine.matching import (
        Comparison,
        Matcher,
        Merged,
        Verification,
        compare,
        compare_many,
        merge,
        verify,
    )
    from fingerprint_engine.minutiae import Minutiae, MinutiaKind, SingularKind, SingularPoints
    from fingerprint_engine.pipeline import PipelineParameters, extract, pipeline_parameters
    from fingerprint_engine.preprocessing import FingerprintImage, RidgeMaps, image_from_array, load_image
    from fingerprint_engine.template import Template, build_template
    from fingerprint_engine.version import __version__

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent until the program says where lines go

_ROOMS = {
    "bulk": ("ExtractionFailure", "extract_many"),
    "errors": (
        "AbsentGallery",
        "BundleRefused",
        "ContradictoryRecord",
        "CorruptGallery",
        "CorruptTemplate",
        "DuplicateKey",
        "EmptyInput",
        "ExchangeError",
        "FailureReason",
        "FailureToExtract",
        "FingerprintEngineError",
        "FingerprintEngineWarning",
        "GalleryError",
        "ImageError",
        "IncompatibleTemplates",
        "InputError",
        "InvalidEvidence",
        "JournalError",
        "KernelCacheWarning",
        "KeyFileError",
        "LossRefused",
        "MalformedRecord",
        "MissingExtra",
        "ModelError",
        "ModelWarning",
        "NotEnoughMemory",
        "ParameterError",
        "PolarityWarning",
        "Refusal",
        "ResolutionWarning",
        "SeveralPrintsWarning",
        "TemplateError",
        "UnknownKey",
        "UnreadableImage",
        "UnsupportedGalleryVersion",
        "UnsupportedRecord",
        "UnsupportedTemplateVersion",
    ),
    "fingers": ("Finger", "Impression", "Slap"),
    "index": ("Gallery", "Identification", "PrintDetails", "SearchFilter", "SearchReceipt"),
    "intake.warming": ("warm_up",),
    "keys": ("KeyRing", "Provenance", "StationKey", "Stations"),
    "keys.errors": ("NotAuthentic", "ProtectionError", "StaleGallery", "UnsafeKeys", "WrongKey"),
    "matching": ("Comparison", "Matcher", "Merged", "Verification", "compare", "compare_many", "merge", "verify"),
    "minutiae": ("MinutiaKind", "Minutiae", "SingularKind", "SingularPoints"),
    "pipeline": ("PipelineParameters", "extract", "pipeline_parameters"),
    "preprocessing": ("FingerprintImage", "RidgeMaps", "image_from_array", "load_image"),
    "template": ("Template", "build_template"),
    "version": ("__version__",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [  # the same names once more: a type checker wants them written out
    "AbsentGallery",
    "BundleRefused",
    "Comparison",
    "ContradictoryRecord",
    "CorruptGallery",
    "CorruptTemplate",
    "DuplicateKey",
    "EmptyInput",
    "ExchangeError",
    "ExtractionFailure",
    "FailureReason",
    "FailureToExtract",
    "Finger",
    "FingerprintEngineError",
    "FingerprintEngineWarning",
    "FingerprintImage",
    "Gallery",
    "GalleryError",
    "Identification",
    "ImageError",
    "Impression",
    "IncompatibleTemplates",
    "InputError",
    "InvalidEvidence",
    "JournalError",
    "KernelCacheWarning",
    "KeyFileError",
    "KeyRing",
    "LossRefused",
    "MalformedRecord",
    "Matcher",
    "Merged",
    "MinutiaKind",
    "Minutiae",
    "MissingExtra",
    "ModelError",
    "ModelWarning",
    "NotAuthentic",
    "NotEnoughMemory",
    "ParameterError",
    "PipelineParameters",
    "PolarityWarning",
    "PrintDetails",
    "ProtectionError",
    "Provenance",
    "Refusal",
    "ResolutionWarning",
    "RidgeMaps",
    "SearchFilter",
    "SearchReceipt",
    "SeveralPrintsWarning",
    "SingularKind",
    "SingularPoints",
    "Slap",
    "StaleGallery",
    "StationKey",
    "Stations",
    "Template",
    "TemplateError",
    "UnknownKey",
    "UnreadableImage",
    "UnsafeKeys",
    "UnsupportedGalleryVersion",
    "UnsupportedRecord",
    "UnsupportedTemplateVersion",
    "Verification",
    "WrongKey",
    "__version__",
    "build_template",
    "compare",
    "compare_many",
    "extract",
    "extract_many",
    "image_from_array",
    "load_image",
    "merge",
    "pipeline_parameters",
    "verify",
    "warm_up",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its room when it is first used (PEP 562)."""
    room = _HOME.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{room}"), name)
    globals()[name] = value  # found without this function from now on
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
