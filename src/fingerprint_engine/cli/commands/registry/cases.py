"""``registry cases | case | decide-case``: what waits for an examiner."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_engine.cli.commands.registry.naming import finger_name, kind_name
from fingerprint_engine.cli.commands.registry.opening import opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import add_overwrite, check_new, write_atomically
from fingerprint_engine.fingers import Finger

if TYPE_CHECKING:
    from fingerprint_engine.records import CaseEvidence
    from fingerprint_engine.records.cases import CaseCandidate
    from fingerprint_engine.records.messages import Messages


_SURE = 60.0
"""Beyond one false match in a million the calibration is extrapolated: no larger number is written."""


def declare_list(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cases``."""
    parser.add_argument("--all", action="store_true", help="decided ones as well")


def declare_show(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``case``."""
    parser.add_argument("case", metavar="CASE", help="identifier of the case")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page with the prints side by side: .html")
    add_overwrite(parser, "pages")


def declare_decide(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``decide-case``."""
    parser.add_argument("case", metavar="CASE", help="identifier of the case")
    parser.add_argument(
        "verdict", choices=("same", "different", "cannot tell"), help="whether the prints are of one person"
    )
    parser.add_argument("--person", default="", metavar="PERSON", help="with same: which of the candidates")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def list_all(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """List cases."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import list_cases

    with opened(arguments) as (_, session, _):
        found = list_cases(session, open_only=not arguments.all)
    console.table(
        ("case", "kind", "opened", "person", "verdict"),
        [(one.id, one.kind, one.opened_at[:16], one.person or "", one.verdict) for one in found],
    )
    console.document({"cases": plain(found)})
    return ExitCode.SUCCESS


def show(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Show a case, and write its page."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import case_evidence

    if arguments.page is not None:
        check_new(arguments.page, overwrite=arguments.overwrite)
    with opened(arguments) as (_, session, texts):
        found = case_evidence(session, arguments.case)
    console.text(texts.say("case.title", case=found.case.id))
    console.text(_state(found, texts))
    for one in found.candidates:
        console.text(f"  {one.person}: {one.score:.1f}")
    if arguments.page is not None:
        write_case_page(found, texts, arguments.page, overwrite=arguments.overwrite)
        console.text(texts.say("story.page", path=arguments.page))
    console.document(plain(found.case))
    return ExitCode.SUCCESS


def decide(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Decide a case."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import decide_case

    with opened(arguments) as (_, session, texts):
        found = decide_case(
            session, arguments.case, arguments.verdict, reason=arguments.reason, person=arguments.person
        )
    name = "decided" if found.verdict else "open"
    console.text(texts.say(f"case.{name}", verdict=found.verdict, at=found.opened_at[:16]))
    console.document(plain(found))
    return ExitCode.SUCCESS if found.verdict else ExitCode.UNDECIDED


def write_case_page(found: CaseEvidence, texts: Messages, path: Path, *, overwrite: bool) -> None:
    """Write the page of a case.

    Raises
    ------
    MissingExtra
        When the extra ``reports`` is not installed.
    """
    from fingerprint_engine.reports import SYMBOLS, ShownCandidate, ShownCase, ShownPair, case_page

    def caption(finger: Finger) -> Callable[[float], str]:
        name = finger_name(finger, texts)
        return lambda score: f"{texts.say('case.finger', finger=name, score=score)}, {_strength(score, texts)}"

    def heading(one: CaseCandidate) -> str:
        if one.person == found.case.person and one.person not in found.case.candidates:
            return texts.say("case.claimed", person=one.person, words=_verdicts(found, texts))
        return texts.say("case.candidate", person=one.person, words=_strength(one.score, texts))

    candidates = [
        ShownCandidate(
            heading(one),
            [(_at(e.captured_at), kind_name(e.kind, texts), e.site, e.agency, e.reason) for e in one.encounters],
            [ShownPair(caption(pair.finger), pair.captured, pair.on_file) for pair in one.pairs],
        )
        for one in found.candidates
    ]
    decisions = [(_at(one.at), one.examiner, one.verdict, one.reason) for one in found.case.decisions]
    shown = ShownCase(
        texts.language,
        texts.say("case.title", case=found.case.id),
        [texts.say("case.origin", kind=kind_name(found.case.kind, texts)), _state(found, texts)],
        candidates,
        texts.say("case.earlier"),
        [texts.say(f"case.{name}") for name in ("when", "what", "site", "agency", "why")],
        texts.say("picture.sides"),
        {name: texts.say(f"picture.{name}") for name in SYMBOLS},
        texts.say("case.decisions"),
        [texts.say(f"case.{name}") for name in ("when", "examiner", "decision", "why")],
        decisions,
    )
    write_atomically(path, case_page(shown).encode("utf-8"), overwrite=overwrite)


def _state(found: CaseEvidence, texts: Messages) -> str:
    if found.case.verdict:
        return texts.say("case.decided", verdict=found.case.verdict)
    return texts.say("case.open", at=_at(found.case.opened_at))


def _at(moment: str) -> str:
    """A moment as people read it, in UTC."""
    return moment[:16].replace("T", " ")


def _verdicts(found: CaseEvidence, texts: Messages) -> str:
    """What each finger says about the file that was claimed."""
    said = [
        f"{finger_name(Finger(one['finger']), texts)} {texts.say('case.' + one['verdict'].replace(' ', '_'))}"
        for one in found.case.evidence.get("fingers", ())
    ]
    return ", ".join(said) or texts.say("score.none")


def _strength(score: float, texts: Messages) -> str:
    odds = f"{'> ' if score > _SURE else ''}{10.0 ** (min(score, _SURE) / 10.0):,.0f}"
    if score < 10.0:
        return texts.say("score.none")
    if score < 20.0:
        return texts.say("score.weak")
    return texts.say("score.moderate" if score < 40.0 else "score.strong", odds=odds)
