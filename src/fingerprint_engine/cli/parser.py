"""The commands and what each is for; each declares its arguments in its own module.

A command's module is imported when the command is named, so that the help of the program comes at once.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from fingerprint_engine.cli.examples import examples_of
from fingerprint_engine.cli.exit_codes import UsageError, epilog
from fingerprint_engine.plugins import RUNTIME_VARIABLE, RUNTIMES, installed_plugins
from fingerprint_engine.text.shown import brief, printable
from fingerprint_engine.version import __version__

DESCRIPTION = "Fingerprint extraction, 1:1 verification and 1:N identification."
GROUPS = {
    "begin here": {
        "demo": "run everything on synthetic samples and write pictures",
        "inspect": "say what a file is and what is in it: image, template, gallery or record",
    },
    "one print, or two": {
        "extract": "make a template file (.fpt) of each image, and of each print in a record",
        "verify": "compare two prints: images or template files",
        "compare-all": "compare all prints with each other and write a table of scores",
        "convert": "write a file of prints in another format and say what is lost",
        "evidence": "write the evidence of a match, and compute again what another side sent",
    },
    "hands and cards": {
        "tenprint": "find and name the fingers of slaps and cards; say what is missing, swapped or to capture again",
    },
    "many prints": {
        "enrol": "put prints into a gallery, which is created if absent",
        "identify": "search a gallery for the finger of one print",
        "mark": "rank a gallery by how well a mark (latent) matches: a list for an examiner, never a hit",
        "dedupe": "find who is enrolled twice, and records that contradict themselves",
        "gallery": "look after a gallery on disk: list, remove, check, repair, compact, split, export",
        "keys": "make and change the keys that protect galleries",
        "cluster": "search the shards of a gallery together, on this machine or on many",
    },
    "people": {
        "registry": "keep people in custody: admission, checks, roll-call, cases, repair, retention, audit",
        "agencies": "exchange with other agencies: keys, requests, answers, confirmations, watches",
        "int-i": "check, build and answer INTERPOL's transactions",
    },
    "measuring": {
        "evaluate": "measure error rates on a folder of prints and write a report",
        "differences": "tell whether two score files of the same pairs differ beyond chance",
        "synthesize": "grow synthetic fingerprints of fingers that nobody has",
    },
    "the shell": {
        "completion": "print what bash, zsh or fish needs to complete commands and options",
    },
}
COMMANDS = {name: summary for group in GROUPS.values() for name, summary in group.items()}


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
        self.set_defaults(parser=self)  # that of the innermost command stays
        group = self.add_argument_group("for scripts and for finding faults")
        suppress = argparse.SUPPRESS  # so that a default of the command does not undo what stands before it
        group.add_argument(
            "--json", action="store_true", default=suppress, help="JSON on stdout and nothing else there"
        )
        group.add_argument("--debug", action="store_true", default=suppress, help="show the traceback of an error")
        text = "plug-ins that may be loaded: names with commas between them, or none (default: all); see --version"
        group.add_argument("--plugins", default=suppress, metavar="NAMES", help=text)
        text = f"what computes the network: compiled (default), opencv or onnxruntime; see {RUNTIME_VARIABLE}"
        group.add_argument("--runtime", choices=RUNTIMES, default=suppress, help=text)

    def declare(self) -> None:
        """Let the command declare its arguments, once."""
        if self._command is not None:
            module = self._command.replace("-", "_")
            command = importlib.import_module(f"fingerprint_engine.cli.commands.{module}")
            self._command = None
            command.add_arguments(self)
            self.set_defaults(run=command.run)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse all words; those that are no arguments are told with what they may have been meant for."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            known = [option for action in found.parser._actions for option in action.option_strings]
            meant = _nearest(unknown[0].partition("=")[0], known)
            found.parser.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return found

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a word that is no choice, and say which was probably meant."""
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            meant = _nearest(str(value), known) or f"; expected one of {', '.join(known)}"
            raise argparse.ArgumentError(action, f"there is no {brief(str(value))}{meant}")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Refuse a blank path: a variable of a shell that is not set would name the working folder."""
        if action.type is Path and not arg_string.strip():
            raise argparse.ArgumentError(action, f"expected the name of a file or folder, got {brief(arg_string)}")
        return super()._get_value(action, arg_string)

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
    parser = CommandParser(prog="fingerprint-engine", description=f"{DESCRIPTION}\n\n{_overview()}", epilog=epilog())
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and the plug-ins, and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, help="one of those above; COMMAND --help")
    for name, summary in COMMANDS.items():
        description = f"{summary[0].upper()}{summary[1:]}."
        commands.add_parser(name, description=description, epilog=f"{examples_of(name)}{epilog()}", command=name)
    return parser


def _overview() -> str:
    """All commands, each with a line, by what they are for."""
    width = max(map(len, COMMANDS))
    return "\n\n".join(
        "\n".join([f"{title}:", *(f"  {name:<{width}}  {summary}" for name, summary in group.items())])
        for title, group in GROUPS.items()
    )


def _nearest(word: str, known: Sequence[str]) -> str:
    """What a word was probably meant for, if anything comes near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
