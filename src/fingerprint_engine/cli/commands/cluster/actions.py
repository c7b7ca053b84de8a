"""Searching shards on threads here or on the workers of a Dask cluster, and running such a cluster."""

from __future__ import annotations

import argparse
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.cli.arguments import add_extractor, add_image_rules, not_blank, number_between, whole_number
from fingerprint_engine.cli.commands.dedupe import add_in_memory, add_rate_and_journal, tell_duplicates
from fingerprint_engine.cli.commands.extract import SUFFIX, refused_output
from fingerprint_engine.cli.commands.identify import exit_code_of_search, probe_of, tell
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError, UsageError, exit_code_of_items
from fingerprint_engine.cli.outputs import add_overwrite, make_folder, output_errors
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.cluster import Executor, ShardedGallery, ThreadExecutor
from fingerprint_engine.cluster.extraction import extract_on
from fingerprint_engine.intake import files_in
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.template import Template

TLS = ("tls-ca", "tls-cert", "tls-key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    search = actions.add_parser("search", help="search all shards", description="Search all shards for one print.")
    search.add_argument("probe", type=Path, metavar="PROBE", help="image or template file")
    _add_shards(search)
    add_keys(search, expects=False)
    add_image_rules(search)
    add_extractor(search)
    search.add_argument("--max-candidates", type=whole_number(1, 100_000), default=20, metavar="N", help="default 20")
    search.add_argument("--list-all", action="store_true", help="show candidates also where the outcome is no hit")
    text = "end the search after so many seconds with what it has"
    search.add_argument("--deadline", type=number_between(0.0, 1e9), metavar="SECONDS", help=text)
    search.set_defaults(action=_search)
    status = actions.add_parser("status", help="say which shards answer", description="Say which shards answer.")
    _add_shards(status)
    add_keys(status, expects=False)
    status.set_defaults(action=_status)
    text = "find prints of one finger under two subjects, in all shards"
    dedupe = actions.add_parser(
        "dedupe", help="find who is enrolled twice", description=text[0].upper() + text[1:] + "."
    )
    _add_shards(dedupe)
    add_keys(dedupe, expects=False)
    add_rate_and_journal(dedupe)
    add_in_memory(dedupe)
    dedupe.set_defaults(action=_dedupe)
    extract = actions.add_parser(
        "extract",
        help="make templates of many images",
        description="Make a template file of each image, on all workers.",
    )
    extract.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="image files and folders, as workers see them"
    )
    extract.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="folder of the templates; is created"
    )
    extract.add_argument(
        "--ppi", type=number_between(125.0, 4000.0), metavar="PPI", help="resolution, unless files state it"
    )
    text = "how many workers the scheduler has, or threads to use (default 2)"
    extract.add_argument("--workers", type=whole_number(1, 1024), default=2, metavar="N", help=text)
    text = "keeps what is done; a run that was stopped goes on"
    extract.add_argument("--journal", type=Path, metavar="FILE", help=text)
    add_overwrite(extract, "templates")
    _add_scheduler(extract)
    extract.set_defaults(action=_extract)
    serve = actions.add_parser(
        "serve", help="run a scheduler and workers here", description="Run a scheduler and workers here, until stopped."
    )
    serve.add_argument("--workers", type=whole_number(1, 1024), default=2, metavar="N", help="processes (default 2)")
    text = "address to listen on (default: this machine alone)"
    host = not_blank("an address to listen on")
    serve.add_argument("--host", type=host, default="127.0.0.1", metavar="HOST", help=text)
    serve.add_argument("--port", type=whole_number(0, 65535), default=0, metavar="PORT", help="default: a free one")
    _add_tls(serve)
    serve.set_defaults(action=_serve)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    code: ExitCode = arguments.action(arguments, console)
    return code


def _add_shards(parser: argparse.ArgumentParser) -> None:
    text = "galleries that `gallery split` made, as workers see them"
    shard = not_blank("the name of a shard")  # as it is: workers elsewhere may read it, so it is no path here
    parser.add_argument("shards", nargs="+", type=shard, metavar="SHARD", help=text)
    _add_scheduler(parser)


def _add_scheduler(parser: argparse.ArgumentParser) -> None:
    text = "address of a Dask scheduler, as tls://host:8786; without one, threads of this process work"
    address = not_blank("an address such as tls://host:8786")
    parser.add_argument("--scheduler", type=address, metavar="ADDRESS", help=text)
    _add_tls(parser)


def _add_tls(parser: argparse.ArgumentParser) -> None:
    for name, what in zip(TLS, ("certificates that are trusted", "own certificate", "own private key"), strict=True):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"{what}, PEM; all three for mutual TLS")


def _search(arguments: argparse.Namespace, console: Console) -> ExitCode:
    probe = probe_of(arguments.probe, arguments)
    with _executor(arguments) as executor:
        found = ShardedGallery(arguments.shards, executor=executor, keys=keys_of(arguments)).identify(
            probe.template, max_candidates=arguments.max_candidates, deadline_s=arguments.deadline
        )
    tell(found, console, arguments.list_all)
    console.document({"probe": str(arguments.probe), "shards": arguments.shards, **found.as_dict()})
    return exit_code_of_search(found)


def _status(arguments: argparse.Namespace, console: Console) -> ExitCode:
    with _executor(arguments) as executor:
        shards = ShardedGallery(arguments.shards, executor=executor, keys=keys_of(arguments)).status()
    console.table(
        ("shard", "prints", "answers"), [(one["shard"], one["prints"], one["reason"] or "yes") for one in shards]
    )
    console.document({"shards": shards})
    return ExitCode.SUCCESS if all(one["answers"] for one in shards) else ExitCode.UNDECIDED


def _dedupe(arguments: argparse.Namespace, console: Console) -> ExitCode:
    with _executor(arguments) as executor, console.bar("dedupe") as show:
        shards = ShardedGallery(
            arguments.shards, executor=executor, keys=keys_of(arguments), in_memory=arguments.in_memory
        )
        found = shards.duplicates(max_fmr=arguments.max_fmr, journal=arguments.journal, progress=show)
    tell_duplicates(found, console)
    return ExitCode.SUCCESS


def _extract(arguments: argparse.Namespace, console: Console) -> ExitCode:
    for name in ("plugins", "runtime"):
        if arguments.scheduler is not None and hasattr(arguments, name):
            raise UsageError(f"--{name}: workers of a scheduler go by their own environment; state it where they start")
    if arguments.scheduler is None:
        DEFAULT_PARAMETERS.reading.extractor()  # what cannot be used leaves no folder behind
    files = [(path.stem, str(path.absolute())) for path in files_in(arguments.images)]
    if len({key for key, _ in files}) < len(files):
        raise UsageError("images: expected names that differ, which become those of the templates")
    codes: list[ExitCode] = []
    with _executor(arguments) as executor:
        make_folder(arguments.output)  # a scheduler that cannot be used leaves none behind
        outcomes = extract_on(executor, files, workers=arguments.workers, ppi=arguments.ppi, journal=arguments.journal)
        for key, outcome in console.progress(outcomes, total=len(files), label="extract"):
            if isinstance(outcome, ExtractionFailure):
                codes.append(ExitCode.FAILURE_TO_EXTRACT)
                console.note(f"{key}: {outcome}")
                console.document({"image": key, "outcome": "failure to extract", **outcome.as_dict()})
                continue
            target = arguments.output / f"{key}{SUFFIX}"
            try:
                with output_errors(target):
                    if not _holds(target, outcome):
                        outcome.save(target, overwrite=arguments.overwrite)
            except OutputError as error:
                codes.append(refused_output(console, key, error))
                continue
            console.document({"image": key, "outcome": "template", "template": str(target)})
    failed, refused = codes.count(ExitCode.FAILURE_TO_EXTRACT), codes.count(ExitCode.OUTPUT)
    written = len(files) - failed - refused
    console.text(f"{written} templates written to {arguments.output}, {failed} failed")
    if refused:
        console.text(f"{refused} not written")
    console.document({"summary": {"written": written, "failed": failed, "refused": refused}})
    return exit_code_of_items(codes)


def _holds(path: Path, template: Template) -> bool:
    """Whether a template is there already, as after a run that was stopped."""
    return path.is_file() and read_regular(path, path.stat().st_size) == template.to_bytes()


def _serve(arguments: argparse.Namespace, console: Console) -> ExitCode:
    from fingerprint_engine.cluster.dask_executor import local_cluster

    with local_cluster(arguments.workers, arguments.host, arguments.port, _tls(arguments)) as address:
        console.text(f"scheduler at {address}, {arguments.workers} workers; stop with Ctrl-C")
        console.document({"scheduler": address, "workers": arguments.workers})
        threading.Event().wait()
    return ExitCode.SUCCESS


@contextlib.contextmanager
def _executor(arguments: argparse.Namespace) -> Iterator[Executor]:
    if arguments.scheduler is None:
        yield ThreadExecutor()
        return
    from fingerprint_engine.cluster.dask_executor import connected

    with connected(arguments.scheduler, _tls(arguments)) as executor:
        yield executor


def _tls(arguments: argparse.Namespace) -> tuple[Path, Path, Path] | None:
    ca, certificate, key = given = (arguments.tls_ca, arguments.tls_cert, arguments.tls_key)
    if not any(given):
        return None
    if not all(given):
        raise UsageError("TLS: expected --tls-ca, --tls-cert and --tls-key together")
    return ca, certificate, key
