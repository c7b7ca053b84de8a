"""Images with a term of their own, and templates made anew from them, in steps that can be stopped."""

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import (
    FailureReason,
    FailureToExtract,
    PolicyDenied,
    RecordConflict,
    RecordsError,
    UnknownRecord,
)
from fingerprint_engine.records import Capture, admit
from fingerprint_engine.records.images import image_of, reextract, reextraction
from fingerprint_engine.records.storage.schema import images
from fingerprint_engine.template.batch import template_digest

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def _of_other_kind(template):
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return type(template)(**{**fields, "parameters_digest": b"newer   "})


@pytest.fixture
def people(session_for, hands, registry):
    """Three with images, whose content names the print, and one without."""
    kept = {}
    with session_for("admission") as session:
        for number in range(4):
            captures = []
            for template in hands(number).prints(*BOTH):
                image = f"image {number} {template.finger}".encode()
                kept[image] = template
                captures.append(Capture(template, image=image if number < 3 else None))
            admit(session, captures, category="remand")
    return kept


def test_templates_are_made_anew_step_by_step_and_both_kinds_are_searchable_meanwhile(
    people, registry, session_for, hands, monkeypatch
):
    monkeypatch.setattr(reextraction, "BATCH", 2)
    kind = template_digest(_of_other_kind(next(iter(people.values())))).hex()
    done = []

    def extract(image):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(image.print_id)
        return _of_other_kind(people[image.content])

    with session_for("identity") as examiner:
        with pytest.raises(KeyboardInterrupt):
            reextract(examiner, extract, kind)
        registry.catch_up()
        assert sorted(len(follower.gallery) for follower in registry.galleries.followers) == [2, 6]
        with session_for("admission") as session:
            for number in range(3):
                both = [Capture(one, also=(_of_other_kind(one),)) for one in hands(number).prints(*BOTH)]
                assert admit(session, both, category="remand").outcome.value == "known"
        found = reextract(examiner, lambda image: _of_other_kind(people[image.content]), kind)
    assert found.made == 4
    assert found.failed == ()
    assert found.without_image == 8  # of the fourth person, and what was taken meanwhile
    registry.catch_up()
    assert sorted(len(follower.gallery) for follower in registry.galleries.followers) == [6, 8]


def test_an_image_that_gives_nothing_or_was_altered_keeps_its_template(people, registry, session_for):
    kind = template_digest(_of_other_kind(next(iter(people.values())))).hex()
    with registry.database.reading() as connection:
        first = sorted(row.print_id for row in connection.execute(images.select()))[0]
    registry.database.write(
        lambda connection: connection.execute(
            images.update().where(images.c.print_id == first).values(content=b"forged")
        )
    )

    def extract(image):
        if image.finger is Finger.LEFT_INDEX:
            raise FailureToExtract(FailureReason.NO_CONTRAST, "expected 5, found 1")
        return _of_other_kind(people[image.content])

    with session_for("identity") as examiner:
        found = reextract(examiner, extract, kind)
        assert found.made + len(found.failed) == 6
        assert first in found.failed
        assert len(found.failed) in (3, 4)
        with pytest.raises(RecordConflict, match="not the one"):
            image_of(examiner, first)
        with pytest.raises(UnknownRecord):
            image_of(examiner, "F-NONE")
        with pytest.raises(RecordsError, match="kind"):
            reextract(examiner, lambda image: people[image.content], "00" * 16)
    with session_for("admission") as session, pytest.raises(PolicyDenied):
        reextract(session, extract, kind)
