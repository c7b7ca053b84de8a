"""The words of the command line: every command, argument and default.

Imports nothing heavy, so that help comes at once.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from fingerprint_engine.cli.exit_codes import epilog
from fingerprint_engine.errors import InputError
from fingerprint_engine.version import __version__

DESCRIPTION = "Fingerprint extraction, 1:1 verification and 1:N identification."


class UsageError(InputError):
    """The words on the command line do not make a command."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of leaving the process."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see '{self.prog} --help'")


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; each command sets `module`, the module of this package that runs it."""
    shared = _shared_arguments()
    parser = _Parser(
        prog="fingerprint-engine",
        description=DESCRIPTION,
        epilog=epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared],
    )
    parser.add_argument("--version", action="version", version=f"fingerprint-engine {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=epilog(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[shared],
        )
        made.set_defaults(module=name)
        return made

    _demo(command("demo", "run everything on the synthetic samples and write pictures"))
    _extract(command("extract", "make a template file (.fpt) of each image"))
    _verify(command("verify", "compare two prints: images or template files"))
    _enrol(command("enrol", "put prints into a gallery, which is created if absent"))
    _identify(command("identify", "search a gallery for the finger of one print"))
    _inspect(command("inspect", "say what a file is and what is in it: image, template or gallery"))
    _synthesize(command("synthesize", "grow synthetic fingerprints of fingers that nobody has"))
    _evaluate(command("evaluate", "measure error rates on a folder of prints and write a report"))
    return parser


def _shared_arguments() -> _Parser:
    """Arguments that may stand before or after the command."""
    shared = _Parser(add_help=False)
    group = shared.add_argument_group("for scripts and for finding faults")
    suppress = argparse.SUPPRESS  # so that a default of the command does not undo what stands before it
    group.add_argument("--json", action="store_true", default=suppress, help="JSON on stdout and nothing else there")
    group.add_argument("--debug", action="store_true", default=suppress, help="show the traceback of an error")
    return shared


def _add_image_rules(parser: argparse.ArgumentParser) -> None:
    text = "resolution of the images in pixels per inch; needed unless the files state it"
    group = parser.add_argument_group("how images are read")
    group.add_argument("--ppi", type=_number_between(1.0, 100_000.0), metavar="PPI", help=text)
    text = "refuse light ridges on dark ground (default), invert them when seen, or say what the images show"
    choices: tuple[str, ...] = ("check", "detect", "dark-ridges", "light-ridges")
    group.add_argument("--polarity", choices=choices, default="check", help=text)
    choices = ("refuse", "convert")
    group.add_argument("--colour", choices=choices, default="refuse", help="colour images: refuse (default) or convert")
    choices = ("refuse", "white")
    group.add_argument("--alpha", choices=choices, default="refuse", help="transparency: refuse (default) or on white")
    choices = ("refuse", "scale")
    group.add_argument("--depth", choices=choices, default="refuse", help="16-bit images: refuse (default) or scale")


def _add_extractor(parser: argparse.ArgumentParser) -> None:
    text = "what reads the images (default classical); templates of the two do not compare"
    parser.add_argument("--extractor", choices=("classical", "learned"), default="classical", help=text)


def _add_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=_whole_number(1, 1024), default=1, metavar="N", help="threads (default 1)")


def _demo(parser: argparse.ArgumentParser) -> None:
    text = "folder of the samples (default: data/samples, here or in the clone)"
    parser.add_argument("--samples", type=Path, metavar="DIR", help=text)
    text = "where pictures and templates go (default: demo-output)"
    parser.add_argument("--output", type=Path, default=Path("demo-output"), metavar="DIR", help=text)


def _extract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder of the templates; is created")
    _add_image_rules(parser)
    _add_extractor(parser)
    _add_workers(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace templates that are there already")


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("probe", type=Path, metavar="A", help="image or template file, told apart by content")
    parser.add_argument("reference", type=Path, metavar="B", help="image or template file")
    _add_image_rules(parser)
    _add_extractor(parser)
    text = "how often two different fingers may match, 0 to 1 (default 1e-4)"
    parser.add_argument("--max-fmr", type=_rate, default=1e-4, metavar="RATE", help=text)
    text = "write a picture of the evidence: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)


def _enrol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gallery", type=Path, metavar="GALLERY")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="images or templates; key = name, no suffix"
    )
    text = "CSV file with the columns key and path; paths are relative to it"
    parser.add_argument("--list", type=Path, metavar="CSV", help=text)
    _add_image_rules(parser)
    _add_extractor(parser)
    _add_workers(parser)


def _identify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gallery", type=Path, metavar="GALLERY")
    parser.add_argument("probe", type=Path, metavar="PROBE", help="image or template file")
    _add_image_rules(parser)
    _add_extractor(parser)
    text = "length of the candidate list (default 20)"
    parser.add_argument("--max-candidates", type=_whole_number(1, 100_000), default=20, metavar="N", help=text)
    text = "how often a finger that is not in the gallery may hit, 0 to 1 (default 1e-3)"
    parser.add_argument("--max-fpir", type=_rate, default=1e-3, metavar="RATE", help=text)


def _inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    _add_image_rules(parser)
    text = "write a picture of an image's minutiae: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    parser.add_argument("--maps", type=Path, metavar="FILE", help="write a sheet of every step's map of an image")


def _synthesize(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, metavar="DIR", help="folder of the images; is created")
    parser.add_argument("--fingers", type=_whole_number(1, 100_000), default=4, metavar="N", help="default 4")
    parser.add_argument("--impressions", type=_whole_number(1, 1_000), default=2, metavar="N", help="default 2")
    parser.add_argument("--seed", type=_whole_number(0, 2**63 - 1), default=0, metavar="N", help="default 0")
    parser.add_argument("--overwrite", action="store_true", help="replace images that are there already")


def _evaluate(parser: argparse.ArgumentParser) -> None:
    text = "images FINGER_IMPRESSION.png, or a CSV list with the columns path, finger, impression and, if wanted, ppi"
    parser.add_argument("folder", type=Path, metavar="DIR", help=text)
    text = "all (default), fvc, or a CSV file with the columns probe and reference: names of images"
    parser.add_argument("--protocol", default="all", metavar="NAME", help=text)
    text = "compare with the prints of this folder or list instead, as of another sensor"
    parser.add_argument("--against", type=Path, metavar="DIR", help=text)
    text = "folder of scores.csv, report.html and what a stopped run goes on with (default: evaluation-output)"
    parser.add_argument("--output", type=Path, default=Path("evaluation-output"), metavar="DIR", help=text)
    _add_image_rules(parser)
    _add_extractor(parser)
    _add_workers(parser)
    text = "replicates of the bootstrap; 0 for no intervals (default 500)"
    parser.add_argument("--replicates", type=_whole_number(0, 100_000), default=500, metavar="N", help=text)
    text = "worst comparisons of each kind to draw (default 5)"
    parser.add_argument("--errors", type=_whole_number(0, 100), default=5, metavar="N", help=text)
    parser.add_argument("--no-page", action="store_true", help="scores and rates only; needs no matplotlib")


def _rate(text: str) -> float:
    value = _number_between(0.0, 1.0)(text)
    if value == 0.0:
        raise argparse.ArgumentTypeError("expected a rate above 0 and at most 1, got 0")
    return value


def _number_between(low: float, high: float) -> Callable[[str], float]:
    """A parser of numbers in a closed range."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}, got {text!r}")
        return value

    return parse


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers in a closed range."""

    def parse(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}, got {text!r}")
        return value

    return parse
