"""Who a person in custody is, from admission to erasure: a day in one script.

Nobody here exists: names are invented, and fingers are points. Every scene is one call with an actor, a purpose and a
site, and leaves one entry in the audit trail.
"""

import datetime
import tempfile
from pathlib import Path

from fingerprint_engine import records
from fingerprint_engine.synthesis import PointPeople

hands = PointPeople(seed=7)  # hands.prints(3) is a new impression of two fingers of person 3


class Clock:
    """A clock that the story moves."""

    at = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)

    def __call__(self):
        """Each moment is a little later than the one before."""
        self.at += datetime.timedelta(milliseconds=1)
        return self.at


clock, folder = Clock(), Path(tempfile.mkdtemp())
registry = records.Registry.create(folder / "people.db", galleries=folder / "galleries", clock=clock)


def at_the_desk(purpose, actor="officer 17"):
    """A session: who acts, for which purpose, where. Nothing is read or written without one."""
    return registry.session(actor=actor, purpose=purpose, site="north")


# Admission: whoever comes in is searched for before a file is made.
with at_the_desk("admission") as session:
    files = []
    for number in range(6):
        name = records.Claim("name", f"Nadie Inventado {number}")
        found = records.admit(session, hands.prints(number), category="convicted", identifiers=[name], unit="A")
        files.append(found.person.id)
    again = records.admit(
        session, hands.prints(2), category="convicted", identifiers=[records.Claim("name", "Otro Nombre")], unit="A"
    )
print(f"admission: {again.outcome.value}, earlier names {', '.join(again.earlier_names)}")
assert again.person.id == files[2]

# The visiting room: a visitor wants to leave in the place of a prisoner, or the other way round.
with at_the_desk("visit") as session:
    visitor = records.check_visitor(session, hands.prints(50)).person.id
with at_the_desk("custody") as session:
    back = records.return_from_visit(session, files[1], hands.prints(50))
print(f"visiting room: {back.outcome.value}; {len(back.disagreed)} fingers disagree, case {back.case[:2]}...")
assert [one.person for one in back.others] == [visitor]

# Roll-call: one is missing, two exchanged their cards, and the visitor is still inside.
cards = [records.CardCapture(hands.prints(n), files[n]) for n in (2, 3, 4)]
cards += [records.CardCapture(hands.prints(1), files[0]), records.CardCapture(hands.prints(0), files[1])]
cards += [records.CardCapture(hands.prints(50))]
with at_the_desk("custody") as session:
    counted = records.roll_call(session, cards, unit="A")
    print(f"roll-call: {counted.receipt['outcome']}")
    assert counted.of_state(records.PresenceState.MISSING) == (files[5],)

    # Release: the wrong person does not leave.
    wrong = records.release(session, files[4], hands.prints(3))
    right = records.release(session, files[4], hands.prints(4))
print(f"release: {wrong.check.outcome.value}, then {right.check.outcome.value}")
assert (wrong.is_done, right.is_done) == (False, True)

# An examiner decides what the engine could not, and says why.
with at_the_desk("identity", actor="examiner 2") as session:
    decided = records.decide_case(session, back.case, "different", reason="both index fingers differ")
print(f"case: {decided.verdict}")

# Ten years later the term of the released person is over: the file is erased, and that can be shown.
clock.at += datetime.timedelta(days=3653)
with at_the_desk("oversight") as session:
    planned = records.retain(session)
    done = records.retain(session, apply=True)
print(f"retention: {len(planned.erase)} due; of {done.proof.residue.pieces} pieces of templates none is left")
assert files[4] in done.proof.persons
assert done.proof.is_complete

report = registry.verify_audit()
print(f"audit: {report.entries} entries, {report.problem or 'whole'}")
assert report.is_whole
registry.close()
