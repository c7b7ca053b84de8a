"""The commands and what each is for; each declares its arguments in its own module.

A command's module is imported when the command is named, so that the help of the program comes at once.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any, NoReturn

from fingerprint_engine.cli.exit_codes import UsageError, epilog
from fingerprint_engine.plugins import installed_plugins
from fingerprint_engine.text.shown import printable
from fingerprint_engine.version import __version__

DESCRIPTION = "Fingerprint extraction, 1:1 verification and 1:N identification."
COMMANDS = {
    "demo": "run everything on the synthetic samples and write pictures",
    "extract": "make a template file (.fpt) of each image, and of each print in a record",
    "verify": "compare two prints: images or template files",
    "enrol": "put prints into a gallery, which is created if absent",
    "identify": "search a gallery for the finger of one print",
    "dedupe": "find who is enrolled twice, and records that contradict themselves",
    "gallery": "look after a gallery on disk",
    "registry": "keep people in custody: admission, checks, roll-call, cases, repair, retention, audit",
    "agencies": "exchange with other agencies: keys, requests, answers, confirmations, watches",
    "evidence": "write the evidence of a match, and compute again what another side sent",
    "inspect": "say what a file is and what is in it: image, template, gallery or record",
    "convert": "write a file of prints in another format and say what is lost",
    "synthesize": "grow synthetic fingerprints of fingers that nobody has",
    "evaluate": "measure error rates on a folder of prints and write a report",
    "differences": "tell whether two score files of the same pairs differ beyond chance",
}


class CommandParser(argparse.ArgumentParser):
    """A parser that raises instead of leaving the process, and takes the options that every command has.

    Parameters
    ----------
    command
        Module of `cli.commands` whose `add_arguments` and `run` belong to it; imported when it is to parse.
    settings
        Those of `argparse.ArgumentParser`.
    """

    def __init__(self, *, command: str | None = None, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)
        self._command = command
        group = self.add_argument_group("for scripts and for finding faults")
        suppress = argparse.SUPPRESS  # so that a default of the command does not undo what stands before it
        group.add_argument(
            "--json", action="store_true", default=suppress, help="JSON on stdout and nothing else there"
        )
        group.add_argument("--debug", action="store_true", default=suppress, help="show the traceback of an error")
        text = "plug-ins that may be loaded: names with commas between them, or none (default: all); see --version"
        group.add_argument("--plugins", default=suppress, metavar="NAMES", help=text)

    def declare(self) -> None:
        """Let the command declare its arguments, once."""
        if self._command is not None:
            command = importlib.import_module(f"fingerprint_engine.cli.commands.{self._command}")
            self._command = None
            command.add_arguments(self)
            self.set_defaults(run=command.run)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, after the command has declared its arguments."""
        self.declare()
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write the help, and say so when that fails: argparse itself would pass over it."""
        stream = sys.stdout if file is None else file
        if stream is not None:
            stream.write(message)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End after an answer that was asked for, which goes to stdout."""
        self._print_message(message or "")
        raise SystemExit(status)

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`, which says where to look."""
        raise UsageError(f"{message}; see '{self.prog} --help'")


class ShowVersion(argparse.Action):
    """Print the version, and each plug-in that is installed with the package that offers it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        """Answer and end."""
        lines = [f"fingerprint-engine {__version__}"]
        for plugin in installed_plugins():
            state = "" if plugin.is_allowed else ", switched off"
            lines.append(f"plug-in {plugin.name}: {plugin.target} of {plugin.package or 'an unknown package'}{state}")
        parser.exit(message="".join(f"{printable(line)}\n" for line in lines))


def build_parser() -> CommandParser:
    """The parser of the whole command line; what it parses has `run`, the function of the command."""
    parser = CommandParser(prog="fingerprint-engine", description=DESCRIPTION, epilog=epilog())
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and the plug-ins, and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        description = f"{summary[0].upper()}{summary[1:]}."
        commands.add_parser(name, help=summary, description=description, epilog=epilog(), command=name)
    return parser
