"""``synthesize DIR``: a folder of synthetic fingerprints with their true minutiae."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError
from fingerprint_engine.cli.outputs import make_folder, output_errors
from fingerprint_engine.synthesis import write_population
from fingerprint_engine.synthesis.manifest import MANIFEST_NAME, MINUTIAE_NAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("output", type=Path, metavar="DIR", help="folder of the images; is created")
    parser.add_argument("--fingers", type=whole_number(1, 100_000), default=4, metavar="N", help="default 4")
    parser.add_argument("--impressions", type=whole_number(1, 1_000), default=2, metavar="N", help="default 2")
    parser.add_argument("--seed", type=whole_number(0, 2**63 - 1), default=0, metavar="N", help="default 0")
    parser.add_argument("--overwrite", action="store_true", help="replace images that are there already")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Grow the fingers, take the impressions and write them as they come."""
    fingers, impressions = arguments.fingers, arguments.impressions
    make_folder(arguments.output, private=False)
    names = [f"{finger + 1}_{impression + 1}.png" for finger in range(fingers) for impression in range(impressions)]
    existing = [name for name in (*names, MANIFEST_NAME, MINUTIAE_NAME) if (arguments.output / name).exists()]
    if existing and not arguments.overwrite:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        raise OutputError(f"{arguments.output / existing[0]}{more}: exists already; --overwrite replaces it")
    with output_errors(arguments.output):
        records = write_population(
            arguments.output,
            fingers=fingers,
            impressions=impressions,
            seed=arguments.seed,
            overwrite=arguments.overwrite,
        )
        for record in console.progress(records, total=len(names), label="synthesize"):
            facts = {"finger": record.finger, "impression": record.impression, "pattern": record.pattern}
            console.document({"file": str(arguments.output / record.file), **facts, "ppi": record.ppi})
    console.text(f"{len(names)} images of {fingers} fingers written to {arguments.output}")
    console.text(f"what they show: {MANIFEST_NAME}; their true minutiae: {MINUTIAE_NAME}")
    console.document({"summary": {"images": len(names), "fingers": fingers, "seed": arguments.seed, "exit_code": 0}})
    return ExitCode.SUCCESS
