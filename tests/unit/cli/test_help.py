"""Help: every command is in a group and has examples that are commands; shells complete what there is."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess

import pytest

from fingerprint_engine.cli.commands.completion import script_for
from fingerprint_engine.cli.examples import EXAMPLES
from fingerprint_engine.cli.parser import COMMANDS, GROUPS, CommandParser, build_parser


def test_every_command_has_a_group_and_an_example() -> None:
    assert sum(map(len, GROUPS.values())) == len(COMMANDS)
    assert set(EXAMPLES) == set(COMMANDS)
    shown = build_parser().format_help()
    for name, summary in COMMANDS.items():
        assert f"  {name} " in shown
        assert summary in shown


def undescribed(parser: argparse.ArgumentParser, name: str) -> list[str]:
    """Arguments of a command, and of those below it, that its help does not explain."""
    if isinstance(parser, CommandParser):
        parser.declare()
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found += [one for word, child in action.choices.items() for one in undescribed(child, f"{name} {word}")]
        elif not action.help:
            found.append(f"{name}: {action.metavar or action.dest}")
    return found


def test_help_explains_every_argument() -> None:
    assert undescribed(build_parser(), "fingerprint-engine") == []
    planted = argparse.ArgumentParser()
    planted.add_argument("gallery", metavar="GALLERY")
    assert undescribed(planted, "x") == ["x: GALLERY"]


@pytest.mark.parametrize("words", [words for examples in EXAMPLES.values() for _, words in examples])
def test_every_example_is_a_command(words: str) -> None:
    found = build_parser().parse_args(shlex.split(words))
    assert callable(found.run)


def completed(line: str) -> list[str]:
    """What bash offers at the end of a line."""
    words = line.split(" ")
    script = (
        f"{script_for('bash')}\nCOMP_WORDS=({' '.join(map(shlex.quote, words))})\nCOMP_CWORD={len(words) - 1}\n"
        'cd /var/empty 2>/dev/null || cd /; _fingerprint_engine; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_actions_and_options() -> None:
    assert completed("fingerprint-engine ver") == ["verify"]
    assert set(COMMANDS) <= set(completed("fingerprint-engine "))
    assert {"list", "remove", "check"} <= set(completed("fingerprint-engine gallery "))
    assert completed("fingerprint-engine verify a.png b.png --max-f") == ["--max-fmr"]
    assert completed("fingerprint-engine gallery remove g --comp") == ["--compact"]
    assert completed("fingerprint-engine --json gallery rem") == ["remove"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_scripts_are_sound_to_their_shells() -> None:
    for shell in ("bash", "zsh"):
        subprocess.run(["bash", "-n"], input=script_for(shell), text=True, check=True)
    assert script_for("zsh").startswith("autoload -U +X bashcompinit")


def test_fish_is_told_of_every_command_and_option() -> None:
    script = script_for("fish")
    assert f"-a '{' '.join(COMMANDS)}'" in script
    assert "complete -c fingerprint-engine -n '__fish_seen_subcommand_from verify' -l max-fmr\n" in script
    assert all(line.startswith("complete -c fingerprint-engine ") for line in script.splitlines())
