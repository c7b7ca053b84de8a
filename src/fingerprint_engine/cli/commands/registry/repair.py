"""``registry duplicates | proposals | merge | decide | undo | changes``: repairing identities."""

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
    parser.add_argument("persons", nargs=2, metavar="PERSON")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_decide(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``decide``."""
    parser.add_argument("proposal", metavar="PROPOSAL")
    parser.add_argument("verdict", choices=("accept", "refuse"))
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def declare_undo(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``undo``."""
    parser.add_argument("change", metavar="CHANGE")


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
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import propose

    with opened(arguments) as (_, session, _):
        made = propose(session, "merge", persons=list(arguments.persons), reason=arguments.reason)
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
