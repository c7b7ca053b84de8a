"""Which prints may be searched now, and under which details: the meaning of a change in the feed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import TemplateError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import PrintDetails
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.policy.due import due_dates
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import encounters, persons, prints
from fingerprint_engine.records.words import ERASED, RESTRICTED
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

RESTRICTED_PREFIX = "restricted "
"""Before the category of restricted people in a gallery, so that filters of ordinary purposes do not see them."""
_LIVE = (encounters.c.active, prints.c.missing == "", persons.c.status != ERASED)
_latest = encounters.alias("latest")
_QUERY = (
    sa.select(
        prints.c.id,
        prints.c.finger,
        prints.c.template,
        prints.c.template_finger,
        prints.c.parameters,
        encounters.c.person_id,
        encounters.c.last_day,
        persons.c.category,
        persons.c.status,
        persons.c.agency,
        persons.c.site,
        persons.c.created_at,
        persons.c.released_at,
        sa.select(sa.func.max(_latest.c.captured_at))
        .where(_latest.c.person_id == persons.c.id, _latest.c.active)
        .scalar_subquery()
        .label("last_encounter"),
    )
    .join(encounters, prints.c.encounter_id == encounters.c.id)
    .join(persons, encounters.c.person_id == persons.c.id)
    .where(*_LIVE)
)


def live_prints(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """Rows of those of some prints that may be searched."""
    return {row.id: row for row in _opened(connection, _QUERY.where(prints.c.id.in_(ids)))}


def live_prints_of(connection: Connection, people: Sequence[str]) -> Sequence[Any]:
    """Rows of the prints of some people that may be searched."""
    return _opened(connection, _QUERY.where(persons.c.id.in_(people)).order_by(prints.c.id))


def all_live_prints(connection: Connection, after: str, limit: int) -> Sequence[Any]:
    """Rows of prints that may be searched, in the order of their identifiers."""
    return _opened(connection, _QUERY.where(prints.c.id > after).order_by(prints.c.id).limit(limit))


def _opened(connection: Connection, query: sa.Select[Any]) -> Sequence[Any]:
    return opened_rows(connection, query, prints.c.template)


def count_live_prints(connection: Connection, parameters: str, only: FollowRule) -> int:
    """How many prints of a kind of template may be searched under a rule."""
    query = (
        sa.select(sa.func.count())
        .select_from(prints.join(encounters).join(persons, encounters.c.person_id == persons.c.id))
        .where(*_LIVE, prints.c.parameters == parameters)
    )
    for column, allowed in (
        (persons.c.site, only.sites),
        (persons.c.agency, only.agencies),
        (persons.c.category, only.categories),
    ):
        if allowed is not None:
            query = query.where(column.in_(sorted(allowed)))
    if only.part is None:
        return int(connection.execute(query).scalar_one())
    by_person = query.add_columns(persons.c.id).group_by(persons.c.id)
    return sum(int(count) for count, person in connection.execute(by_person) if only.has(person))


def details_of(row: Any, policy: Policy) -> PrintDetails:
    """What a gallery keeps of a print: after its last day nobody finds it, even before `retain` has run."""
    stated = [] if row.last_day is None else [datetime.date.fromisoformat(row.last_day)]
    if row.status == RESTRICTED:
        return PrintDetails(
            row.person_id, RESTRICTED_PREFIX + row.category, row.site or None, min(stated, default=None)
        )
    ends = [one for one in due_dates(policy, row) if one is not None]
    stated += [one.date() - datetime.timedelta(days=1) for one in ends]
    return PrintDetails(row.person_id, row.category, row.site or None, min(stated, default=None))


def template_of(row: Any) -> Template | None:
    """The template under the position that the record states now; None when it cannot be read."""
    try:
        return positioned(Template.from_bytes(row.template), row.finger)
    except TemplateError:
        return None


def enrollable(row: Any) -> Template | bytes | None:
    """What a gallery is to hold: the stored bytes, or the template under its present position.

    Galleries look at bytes themselves, so those that need no other position are not read twice.
    """
    return bytes(row.template) if row.finger == row.template_finger else template_of(row)


def is_sound(data: Template | bytes, parameters: str) -> bool:
    """Whether a stored template can be read, and is of the kind that its record says."""
    try:
        template = data if isinstance(data, Template) else Template.from_bytes(data)
    except TemplateError:
        return False
    return template_digest(template).hex() == parameters


def positioned(template: Template, finger: int) -> Template:
    """A template under another position than the one that it was made with, after a repair."""
    if template.finger == finger:
        return template
    fields = {name: getattr(template, name) for name in template.__dataclass_fields__}
    return Template(**{**fields, "finger": Finger(finger)})
