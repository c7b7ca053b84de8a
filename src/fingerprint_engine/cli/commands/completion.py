"""``completion SHELL``: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.parser import CommandParser, build_parser

_BASH = """\
_fingerprint_engine() {{
    local word path="" words="" current="${{COMP_WORDS[COMP_CWORD]}}"
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
{paths}
        esac
    done
    case "$path" in
{words}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [[ $current != -* && -n $path ]] && COMPREPLY+=($(compgen -f -- "$current"))
}}
complete -o filenames -F _fingerprint_engine fingerprint-engine
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = "bash: source <(fingerprint-engine completion bash); zsh the same; fish: … completion fish | source"
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help=text)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print the script."""
    script = script_for(arguments.shell)
    for line in script.splitlines():
        console.text(line)
    console.document({"shell": arguments.shell, "script": script})
    return ExitCode.SUCCESS


def script_for(shell: str) -> str:
    """The script that makes a shell complete the words of `fingerprint-engine`."""
    tree = list(_tree(build_parser(), ()))
    if shell == "fish":
        return "".join(_fish(path, words, options) for path, words, options in tree)
    paths = "\n".join(f'            "{_joined(path)}") path="{_joined(path)}";;' for path, _, _ in tree if path)
    words = "\n".join(
        f'        "{_joined(path)}") words="{" ".join((*words, *options))}";;' for path, words, options in tree
    )
    script = _BASH.format(paths=paths, words=words)
    return f"autoload -U +X bashcompinit && bashcompinit\n{script}" if shell == "zsh" else script


def _joined(path: tuple[str, ...]) -> str:
    return "".join(f" {word}" for word in path)


def _fish(path: tuple[str, ...], words: tuple[str, ...], options: tuple[str, ...]) -> str:
    seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in path) or "__fish_use_subcommand"
    unless = f"; and not __fish_seen_subcommand_from {' '.join(words)}" if path and words else ""
    lines = [f"complete -c fingerprint-engine -f -n '{seen}{unless}' -a '{' '.join(words)}'\n"] if words else []
    lines += [f"complete -c fingerprint-engine -n '{seen}' -l {option.removeprefix('--')}\n" for option in options]
    return "".join(lines)


def _tree(
    parser: argparse.ArgumentParser, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """Every place of the command line: the words that lead there, those that may follow, and its options."""
    if isinstance(parser, CommandParser):
        parser.declare()
    children: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            children |= action.choices
    options = tuple(option for action in parser._actions for option in action.option_strings if option.startswith("--"))
    yield path, tuple(children), options
    for word, child in children.items():
        yield from _tree(child, (*path, word))
