"""The words of the command line: every command, argument and default.

Imports nothing heavy, so that help comes at once.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

from fingerprint_engine.cli.arguments import (
    UsageError,
    add_extractor,
    add_image_rules,
    add_workers,
    day,
    number_between,
    rate,
    whole_number,
)
from fingerprint_engine.cli.exit_codes import epilog
from fingerprint_engine.cli.gallery_arguments import dedupe, enrol, gallery, identify
from fingerprint_engine.version import __version__

TARGETS = (
    "template",
    "iso-19794-2:2005",
    "iso-19794-2:2011",
    "incits-378:2004",
    "incits-378:2009",
    "incits-378:2009-am1",
    "card-normal",
    "card-compact",
    "xyt",
    "iso-19794-4:2005",
    "iso-19794-4:2011",
    "ansi-nist",
    "png",
    "wsq",
    "jpeg-2000",
    "jpeg-2000-lossless",
    "raw",
)
"""Written out, so that help needs no codecs; a test holds them equal to `exchange.Target`."""
DESCRIPTION = "Fingerprint extraction, 1:1 verification and 1:N identification."


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
    _extract(command("extract", "make a template file (.fpt) of each image, and of each print in a record"))
    _verify(command("verify", "compare two prints: images or template files"))
    enrol(command("enrol", "put prints into a gallery, which is created if absent"))
    identify(command("identify", "search a gallery for the finger of one print"))
    dedupe(command("dedupe", "find who is enrolled twice, and records that contradict themselves"))
    care = command("gallery", "look after a gallery on disk")
    gallery(care, _Parser, [shared])
    _inspect(command("inspect", "say what a file is and what is in it: image, template, gallery or record"))
    _convert(command("convert", "write a file of prints in another format and say what is lost"))
    _synthesize(command("synthesize", "grow synthetic fingerprints of fingers that nobody has"))
    _evaluate(command("evaluate", "measure error rates on a folder of prints and write a report"))
    _differences(command("differences", "tell whether two score files of the same pairs differ beyond chance"))
    return parser


def _shared_arguments() -> _Parser:
    """Arguments that may stand before or after the command."""
    shared = _Parser(add_help=False)
    group = shared.add_argument_group("for scripts and for finding faults")
    suppress = argparse.SUPPRESS  # so that a default of the command does not undo what stands before it
    group.add_argument("--json", action="store_true", default=suppress, help="JSON on stdout and nothing else there")
    group.add_argument("--debug", action="store_true", default=suppress, help="show the traceback of an error")
    return shared


def _demo(parser: argparse.ArgumentParser) -> None:
    text = "folder of the samples (default: data/samples, here or in the clone)"
    parser.add_argument("--samples", type=Path, metavar="DIR", help=text)
    text = "where pictures and templates go (default: demo-output)"
    parser.add_argument("--output", type=Path, default=Path("demo-output"), metavar="DIR", help=text)


def _extract(parser: argparse.ArgumentParser) -> None:
    text = "images, or records with prints in them: image records, minutiae records, ANSI/NIST transactions"
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help=text)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder of the templates; is created")
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace templates that are there already")


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("probe", type=Path, metavar="A", help="image or template file, told apart by content")
    parser.add_argument("reference", type=Path, metavar="B", help="image or template file")
    add_image_rules(parser)
    add_extractor(parser)
    text = "how often two different fingers may match, 0 to 1 (default 1e-4)"
    parser.add_argument("--max-fmr", type=rate, default=1e-4, metavar="RATE", help=text)
    text = "write a picture of the evidence: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)


def _inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    add_image_rules(parser)
    add_extractor(parser)
    text = "write a picture of an image's minutiae: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    parser.add_argument("--maps", type=Path, metavar="FILE", help="write a sheet of every step's map of an image")


def _convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN", help="record, template or image, told by content")
    parser.add_argument("output", type=Path, metavar="OUT")
    text = "format to write; by default what the suffix of OUT says (.fpt .fmr .fir .an2 .xyt .png .wsq .jp2 .raw)"
    parser.add_argument("--to", choices=TARGETS, metavar="FORMAT", help=f"{text}; one of {', '.join(TARGETS)}")
    text = "refuse what can be borne in IN, and to lose anything"
    parser.add_argument("--strict", action="store_true", help=text)
    text = "IN holds minutiae in this card format of ISO/IEC 19794-2, which nothing in it says"
    parser.add_argument("--card", choices=("normal", "compact"), help=text)
    text = "resolution of the image, where IN does not state it"
    parser.add_argument("--ppi", type=number_between(1.0, 100_000.0), metavar="PPI", help=text)
    text = "which of several prints, from 1, where OUT holds one"
    parser.add_argument("--number", type=whole_number(1, 10_000), metavar="N", help=text)
    choices = ("raw", "wsq", "jpeg-2000", "jpeg-2000-lossless", "png")
    text = "of images in records (default png)"
    parser.add_argument("--compression", choices=choices, default="png", help=text)
    text = "add the engine's own template to minutiae records, as a block that others pass over"
    parser.add_argument("--native", action="store_true", help=text)
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it is there already")
    group = parser.add_argument_group("a new ANSI/NIST transaction needs")
    group.add_argument("--transaction-type", metavar="TOT", help="1.004")
    group.add_argument("--origin", metavar="ORI", help="sending agency, 1.008")
    group.add_argument("--destination", metavar="DAI", help="receiving agency, 1.007")
    group.add_argument("--control-number", metavar="TCN", help="1.009")
    group.add_argument("--captured", type=day, metavar="DATE", help="day on which the prints were taken, 2024-12-31")


def _synthesize(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, metavar="DIR", help="folder of the images; is created")
    parser.add_argument("--fingers", type=whole_number(1, 100_000), default=4, metavar="N", help="default 4")
    parser.add_argument("--impressions", type=whole_number(1, 1_000), default=2, metavar="N", help="default 2")
    parser.add_argument("--seed", type=whole_number(0, 2**63 - 1), default=0, metavar="N", help="default 0")
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
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    text = "replicates of the bootstrap; 0 for no intervals (default 500)"
    parser.add_argument("--replicates", type=whole_number(0, 100_000), default=500, metavar="N", help=text)
    text = "worst comparisons of each kind to draw (default 5)"
    parser.add_argument("--errors", type=whole_number(0, 100), default=5, metavar="N", help=text)
    parser.add_argument("--no-page", action="store_true", help="scores and rates only; needs no matplotlib")


def _differences(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", type=Path, metavar="A", help="scores.csv of one system or version")
    parser.add_argument("second", type=Path, metavar="B", help="scores.csv of the other, of the same pairs")
    text = "replicates of the bootstrap over fingers (default 500)"
    parser.add_argument("--replicates", type=whole_number(2, 100_000), default=500, metavar="N", help=text)
