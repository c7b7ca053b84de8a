"""One HTML page that needs nothing else: tables and pictures of an evaluation."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

from fingerprint_engine.visualization import Picture

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 1120px; margin: 2rem auto;
  padding: 0 1.2rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { margin-top: 2.4rem; border-bottom: 1px solid #ddd; }
h3 { margin-bottom: .2rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .8rem 0; } th, td { padding: .25rem .9rem .25rem 0; text-align: right;
  white-space: nowrap; border-bottom: 1px solid #eee; vertical-align: top; }
th:first-child, td:first-child { text-align: left; white-space: normal; }
td { font-variant-numeric: tabular-nums; } .wide { overflow-x: auto; }
table.words th, table.words td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 1.2rem; }
figure { margin: 0; } figcaption, .note { color: #555; font-size: .9rem; } img { max-width: 100%; height: auto; }
.pair { margin: 1.2rem 0 2rem; break-inside: avoid; }
"""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, of_words: bool = False) -> str:
    """A table; every cell is text and is escaped."""
    heads = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    kind = ' class="words"' if of_words else ""
    return f'<div class="wide"><table{kind}><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(picture: Picture, caption: str, *, dpi: float = 110.0) -> str:
    """A picture inside the page."""
    data = base64.b64encode(picture.to_png(dpi=dpi)).decode()
    text = html.escape(caption)
    return f'<figure><img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'


def curves(figures: Sequence[str]) -> str:
    """Figures side by side where there is room."""
    return f'<div class="curves">{"".join(figures)}</div>'


def section(title: str, *parts: str) -> str:
    """A heading with what belongs below it, as HTML."""
    return f"<section><h2>{html.escape(title)}</h2>{''.join(parts)}</section>"


def note(text: str) -> str:
    """A paragraph in small print."""
    return f'<p class="note">{html.escape(text)}</p>'


def pair(title: str, reason: str, picture: str) -> str:
    """One comparison of the list of worst errors."""
    return f'<div class="pair"><h3>{html.escape(title)}</h3><p>{html.escape(reason)}</p>{picture}</div>'


def page(title: str, subtitle: str, sections: Sequence[str]) -> str:
    """The whole document."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>"
        f"{note(subtitle)}{''.join(sections)}</body></html>\n"
    )
