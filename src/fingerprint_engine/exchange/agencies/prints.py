"""`SentPrint`: one finger as it is sent to another agency: a template, an image, or the reason why there is none."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Sequence
from typing import Any

from fingerprint_engine.exchange.agencies.head import refuse
from fingerprint_engine.fingers import Finger
from fingerprint_engine.text.bounded_json import BoundedObject

MAX_PRINTS = 60
MAX_TEMPLATE = 65_536
MAX_IMAGE = 20_000_000
_ENCODED = 4 * MAX_IMAGE // 3 + 4


@dataclasses.dataclass(frozen=True, slots=True)
class SentPrint:
    """One finger.

    Attributes
    ----------
    finger
        Its position.
    template
        Bytes of a template; they are hostile until `Template.from_bytes` has read them.
    image, ppi
        File of an image, and its resolution.
    missing
        Why there is neither.
    """

    finger: Finger
    template: bytes = b""
    image: bytes = b""
    ppi: float = 500.0
    missing: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        found: dict[str, Any] = {"finger": int(self.finger)}
        if self.template:
            found["template"] = base64.b64encode(self.template).decode()
        elif self.image:
            found |= {"image": base64.b64encode(self.image).decode(), "ppi": self.ppi}
        else:
            found["missing"] = self.missing
        return found

    @classmethod
    def of(cls, found: BoundedObject) -> SentPrint:
        """From plain data.

        Raises
        ------
        BundleRefused
        """
        finger = Finger(found.whole("finger", 0, 10))
        if "template" in found:
            return cls(finger, template=_octets(found, "template", MAX_TEMPLATE))
        if "image" in found:
            return cls(finger, image=_octets(found, "image", MAX_IMAGE), ppi=found.number("ppi", 1.0, 100_000.0))
        return cls(finger, missing=found.text("missing", 40, 1))


def prints_of(found: BoundedObject) -> tuple[SentPrint, ...]:
    """The prints of a record."""
    return tuple(SentPrint.of(one) for one in found.objects("prints", MAX_PRINTS))


def as_list(prints: Sequence[SentPrint]) -> list[dict[str, Any]]:
    """Plain data of prints."""
    return [one.as_dict() for one in prints]


def _octets(found: BoundedObject, name: str, limit: int) -> bytes:
    try:
        data = base64.b64decode(found.text(name, _ENCODED, 1), validate=True)
    except (binascii.Error, ValueError):
        raise refuse(f"{name}: expected base64") from None
    if not 0 < len(data) <= limit:
        raise refuse(f"{name}: expected at most {limit:,} bytes")
    return data
