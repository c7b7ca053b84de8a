"""What goes wrong with keys, and with what they protect. Messages name keys by their ids alone."""

from __future__ import annotations

from fingerprint_engine.errors import FingerprintEngineError, GalleryError


class StaleGallery(GalleryError):
    """A gallery is an older or another state than the one that was expected."""


class ProtectionError(FingerprintEngineError):
    """Keys, or what they protect, cannot be used; messages name keys by their ids alone."""


class UnsafeKeys(ProtectionError, ValueError):
    """Keys are absent, malformed, readable by others, or an empty passphrase is to guard them."""


class WrongKey(ProtectionError):
    """What is protected was protected with another key, or is not protected at all."""


class NotAuthentic(ProtectionError):
    """A protected piece was altered, or belongs somewhere else."""
