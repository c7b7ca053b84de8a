"""Canonical JSON: one text for one value, so that digests can be compared."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """The text of plain data: sorted names, no spaces, any Unicode as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parsed(text: str) -> Any:
    """The plain data of a text; an empty text is an empty document."""
    return json.loads(text) if text else {}


def digest_of(value: Any) -> str:
    """SHA-256 (hexadecimal) of the canonical text of plain data."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
