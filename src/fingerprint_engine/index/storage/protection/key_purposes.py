"""What each data key of a gallery is for: it is bound to the gallery and to the file, so none can stand for another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.manifest import Manifest, ManifestKeys
from fingerprint_engine.keys import DataKey, KeyRing, Wrapping

MANIFEST, LOG, SEGMENT = b"manifest", b"log", b"segment"


def purpose(kind: bytes, identity: bytes, number: int) -> bytes:
    """The purpose of the key of a file."""
    return kind + FileHeader(identity, number).place()


def new_keys(ring: KeyRing, identity: bytes, log: int) -> ManifestKeys:
    """Keys of a manifest and of its log."""
    return ManifestKeys(ring.new_key(purpose(MANIFEST, identity, 0)), ring.new_key(purpose(LOG, identity, log)))


def new_segment_key(ring: KeyRing, identity: bytes, number: int) -> DataKey:
    """The key of a new segment."""
    return ring.new_key(purpose(SEGMENT, identity, number))


def opened(ring: KeyRing, wrappings: Sequence[Wrapping], kind: bytes, identity: bytes, number: int) -> DataKey:
    """The key that wrappings hold."""
    return ring.open_key(wrappings, purpose(kind, identity, number))


def rewrapped_manifest(manifest: Manifest, keys: ManifestKeys, ring: KeyRing) -> Manifest:
    """The same data keys under the present master key of a ring, but a new key of the manifest's own."""

    def again(key: DataKey, kind: bytes, number: int) -> DataKey:
        return ring.rewrapped(key, purpose(kind, manifest.identity, number))

    own = ring.new_key(purpose(MANIFEST, manifest.identity, 0))
    changed = ManifestKeys(own, again(keys.log, LOG, manifest.log))
    entries = [
        entry if entry.key is None else dataclasses.replace(entry, key=again(entry.key, SEGMENT, entry.number))
        for entry in manifest.segments
    ]
    return dataclasses.replace(manifest, keys=changed, segments=tuple(entries))
