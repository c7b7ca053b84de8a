"""``registry duplicates | proposals | merge | move | swap | split | decide | undo | changes``: repairing identities."""

from __future__ import annotations

import argparse

from fingerprint_engine.cli.commands.registry.opening import opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    del parser


def declare_merge(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``merge``."""
    parser.add_argument("persons", nargs=2, metavar="PERSON", help="identifiers of the two files")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_move(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``move``."""
    parser.add_argument("encounter", metavar="ENCOUNTER", help="as 'biography' tells it")
    parser.add_argument("to", metavar="PERSON", help="file that it belongs to")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_swap(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``swap``."""
    parser.add_argument("prints", nargs=2, metavar="PRINT", help="of one encounter, as 'access --json' tells them")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_split(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``split``."""
    parser.add_argument("person", metavar="PERSON", help="file that holds two people")
    parser.add_argument("encounters", nargs="+", metavar="ENCOUNTER", help="those of the other one")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_decide(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``decide``."""
    parser.add_argument("proposal", metavar="PROPOSAL", help="identifier that `merge` or `split` gave")
    parser.add_argument("verdict", choices=("accept", "refuse"), help="what a second person decides")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_undo(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``undo``."""
    parser.add_argument("change", metavar="CHANGE", help="identifier of the change to undo")


def duplicates(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare everybody with everybody."""
    from fingerprint_engine.records import find_duplicates

    with opened(arguments) as (_, session, _), console.bar("compare") as show:
        made = find_duplicates(session, progress=show)
    console.text(f"{len(made)} new proposals")
    console.document({"proposals": list(made)})
    return ExitCode.SUCCESS


def proposals(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """List open proposals."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import list_proposals

    with opened(arguments) as (_, session, _):
        found = list_proposals(session)
    rows = [(one.id, one.kind, f"{one.expected_error:.2g}", " ".join(_words(one.subject))) for one in found]
    console.table(("proposal", "kind", "by chance", "about"), rows)
    console.document({"proposals": plain(found)})
    return ExitCode.SUCCESS


def merge(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Propose a merge."""
    return _propose(arguments, console, "merge", persons=list(arguments.persons))


def move(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Propose to put an encounter into another file."""
    return _propose(arguments, console, "move", encounter=arguments.encounter, to=arguments.to)


def swap(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Propose to exchange the positions of two prints."""
    return _propose(arguments, console, "swap", prints=list(arguments.prints))


def split(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Propose to give encounters a file of their own."""
    return _propose(arguments, console, "split", person=arguments.person, encounters=list(arguments.encounters))


def _propose(arguments: argparse.Namespace, console: Console, kind: str, **subject: object) -> ExitCode:
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import propose

    with opened(arguments) as (_, session, _):
        made = propose(session, kind, reason=arguments.reason, **subject)
    console.text(f"{made.id}: waits for a decision")
    console.document(plain(made))
    return ExitCode.SUCCESS


def decide(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Decide a proposal."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import decide as do_decide

    with opened(arguments) as (_, session, _):
        accept = arguments.verdict == "accept"
        found, change = do_decide(session, arguments.proposal, accept=accept, reason=arguments.reason)
    console.text(f"{found.id}: {found.verdict or 'waits for another examiner'}")
    if change is not None:
        console.text(f"  {change.id}: done, and can be undone")
    console.document({"proposal": plain(found), "change": plain(change)})
    return ExitCode.SUCCESS if found.verdict else ExitCode.UNDECIDED


def undo(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Take a change back."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import undo as do_undo

    with opened(arguments) as (_, session, _):
        made = do_undo(session, arguments.change)
    console.text(f"{arguments.change}: taken back by {made.id}")
    console.document(plain(made))
    return ExitCode.SUCCESS


def changes(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """List changes."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import list_changes

    with opened(arguments) as (_, session, _):
        found = list_changes(session)
    rows = [(one.at[:16], one.id, one.kind, " ".join(one.people), one.undone_by or "") for one in found]
    console.table(("when", "change", "kind", "persons", "undone by"), rows)
    console.document({"changes": plain(found)})
    return ExitCode.SUCCESS


def _words(subject: dict[str, object]) -> list[str]:
    return [word for value in subject.values() for word in (value if isinstance(value, list) else [str(value)])]
