"""What commands say about a print in the same words."""

from __future__ import annotations

from typing import Any

from fingerprint_engine.keys import Provenance
from fingerprint_engine.template import Template


def resolution_facts(template: Template) -> dict[str, Any]:
    """For machines: how far apart the ridges lie, and what that says against the stated resolution, or null."""
    period, finding = template.median_period_px, template.resolution_finding
    return {
        "median_period_px": None if period is None else round(period, 2),
        "resolution": None if finding is None else finding.as_dict(),
    }


def provenance_facts(provenance: Provenance | None) -> dict[str, Any]:
    """Who signed a template file; nothing where nobody did."""
    return {} if provenance is None else {"signed_by": str(provenance)}
