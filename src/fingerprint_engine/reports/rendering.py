"""The one door to Jinja: from a template of this room and what it shows to one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import dataclasses
import importlib.util

from fingerprint_engine.errors import MissingExtra
from fingerprint_engine.text.shown import printable
from fingerprint_engine.visualization import Picture, palette, require_plots


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """A picture inside a page.

    Attributes
    ----------
    source
        The picture itself, as a data URL.
    caption
        What it shows.
    alt
        The same with its values, for who does not see it.
    """

    source: str
    caption: str
    alt: str


def require_reports() -> None:
    """Say how to install what pages need if it is not there.

    Raises
    ------
    MissingExtra
        When Jinja or matplotlib is not installed.
    """
    if importlib.util.find_spec("jinja2") is None:
        raise MissingExtra("reports need Jinja", "reports")
    require_plots()


def figure(picture: Picture, caption: str, *, dpi: float, alt: str = "") -> Figure:
    """A picture for a page."""
    source = f"data:image/png;base64,{base64.b64encode(picture.to_png(dpi=dpi)).decode()}"
    return Figure(source, caption, alt or caption)


def render(template: str, **shown: object) -> str:
    """Fill a template of this room; every value is text and is escaped, for HTML and as `printable` does.

    Raises
    ------
    MissingExtra
        When Jinja is not installed.
    """
    require_reports()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fingerprint_engine.reports"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["palette"] = palette
    return environment.get_template(template).render(**shown)


def _shown(value: object) -> object:
    """A value as it stands on a page; text that the page itself made, which is more than a `str`, is left alone."""
    return printable(value) if type(value) is str else value
