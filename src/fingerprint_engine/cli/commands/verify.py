"""``verify A B``: whether two prints come from one finger."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    extraction,
    image_rules_for,
    number_between,
    rate,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.facts import provenance_facts, resolution_facts
from fingerprint_engine.cli.outputs import add_overwrite, check_page, check_picture, save_picture, write_atomically
from fingerprint_engine.cli.protection import Secured, add_keys, add_stations, keys_of, stations_of
from fingerprint_engine.intake import Print, read_print, with_resolution
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, verify
from fingerprint_engine.visualization import draw_match, score_in_words, threshold_in_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("probe", type=Path, metavar="A", help="image or template file, told apart by content")
    parser.add_argument("reference", type=Path, metavar="B", help="image or template file")
    add_image_rules(parser)
    add_keys(parser, expects=False)
    add_stations(parser)
    add_extractor(parser)
    text = "resolution of B, where it is not that of A"
    parser.add_argument("--reference-ppi", type=number_between(1.0, 100_000.0), metavar="PPI", help=text)
    text = "how often two different fingers may match, 0 to 1 (default 1e-4)"
    parser.add_argument("--max-fmr", type=rate, default=1e-4, metavar="RATE", help=text)
    text = "write a picture of the evidence: .png, .pdf or .svg"
    parser.add_argument("--picture", type=Path, metavar="FILE", help=text)
    text = "write a page of the evidence: side by side, laid on each other, in turn; .html"
    parser.add_argument("--page", type=Path, metavar="FILE", help=text)
    add_overwrite(parser, "pictures and pages")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare, say so, and draw the evidence if asked to."""
    check_picture(arguments.picture, overwrite=arguments.overwrite)
    check_page(arguments.page, overwrite=arguments.overwrite)
    parameters = extraction(arguments)
    (probe_path, probe_ppi), (reference_path, reference_ppi) = map(
        with_resolution, (arguments.probe, arguments.reference)
    )
    secured = Secured(keys=keys_of(arguments), stations=stations_of(arguments))
    probe = read_print(probe_path, parameters=parameters, **secured, **image_rules_for(arguments, probe_ppi))
    rules = image_rules_for(arguments, arguments.reference_ppi if reference_ppi is None else reference_ppi)
    reference = read_print(reference_path, parameters=parameters, **secured, **rules)
    answer = verify(probe.template, reference.template, max_fmr=arguments.max_fmr)
    comparison = answer.comparison
    contradicted = (len(comparison.contradicted_probe), len(comparison.contradicted_reference))

    console.text(f"{'match' if answer.is_match else 'no match'}: {score_in_words(answer.score, answer.fmr)}")
    console.text(f"  asked for: {threshold_in_words(arguments.max_fmr)}")
    counts, compared = (len(probe.template), len(reference.template)), comparison.compared
    console.text(f"  minutiae: {counts[0]} in the probe, {counts[1]} in the reference")
    if compared != counts and all(compared):
        console.text(f"  of these were compared: {compared[0]} and {compared[1]}, the others are doubtful")
    if not answer.is_decidable:
        console.text(f"  too few minutiae to decide: a match needs {MIN_MATCH_MINUTIAE} in both prints")
    if comparison.transform is None:
        console.text("  evidence: none; told apart before any alignment")
    else:
        console.text(f"  evidence: {len(comparison.pairs)} matched, {contradicted[0]} + {contradicted[1]} contradicted")
    if comparison.doubt:
        console.text(f"  {comparison.doubt}")
    for name, one in (("probe", probe), ("reference", reference)):
        if one.provenance is not None:
            console.text(f"  {name} signed by {one.provenance}")
    shown: dict[str, Any] = {
        "probe_image": probe.image,
        "reference_image": reference.image,
        "probe_name": probe_path.name,
        "reference_name": reference_path.name,
    }
    if arguments.picture is not None:
        picture = draw_match(answer, probe.template, reference.template, **shown)
        save_picture(picture, arguments.picture, overwrite=arguments.overwrite)
        console.text(f"  picture: {arguments.picture}")
    if arguments.page is not None:
        from fingerprint_engine.reports import match_page

        page = match_page(answer, probe.template, reference.template, **shown)
        write_atomically(arguments.page, page.encode(), overwrite=arguments.overwrite)
        console.text(f"  page: {arguments.page}")
    console.document(
        {
            **answer.as_dict(),
            "probe": _print_facts(arguments.probe, probe),
            "reference": _print_facts(arguments.reference, reference),
            "picture": None if arguments.picture is None else str(arguments.picture),
            "page": None if arguments.page is None else str(arguments.page),
        }
    )
    if not answer.is_decidable:
        return ExitCode.UNDECIDED
    return ExitCode.SUCCESS if answer.is_match else ExitCode.NO_MATCH


def _print_facts(path: Path, one: Print) -> dict[str, Any]:
    facts = {"file": str(path), "minutiae": len(one.template), **resolution_facts(one.template)}
    return facts | provenance_facts(one.provenance)
