"""Each fuzzer finds a check that was taken away, and finds nothing where all are in place."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from benchmarks.attacks.fork_mixes import run_mixes
from benchmarks.attacks.kinds import KINDS, generator, kind_of
from benchmarks.attacks.templates.craft import sound_template
from benchmarks.attacks.templates.parts import parts_of
from benchmarks.attacks.templates.rules import broken_rule
from benchmarks.attacks.thread_mixes import Mix
from benchmarks.attacks.trial import attempt
from benchmarks.attacks.verdicts import Verdict

from fingerprint_engine.errors import ImageError
from fingerprint_engine.exchange.octets import OctetReader
from fingerprint_engine.index.kept_prints import KeptPrints
from fingerprint_engine.index.storage import reading
from fingerprint_engine.preprocessing.loading import load, sources
from fingerprint_engine.template import Template, template

SEED = 5


def verdicts(name, doors, count, place):
    """Verdicts on some inputs at some doors, in this process: time and memory are those of the other tests, too."""
    kind = dataclasses.replace(kind_of(KINDS[name], place), budget_s=math.inf, max_peak_mb=math.inf)
    for door in doors:
        kind.doors[door](kind.sound)
    found = set()
    for number in range(count):
        crafted = kind.craft(generator(SEED, KINDS[name], number))
        found |= {attempt(number, door, crafted, kind).verdict for door in doors}
    return found


HARMLESS = {Verdict.REFUSED, Verdict.ACCEPTED}
SMALL = (
    ("templates", ["from_bytes", "pickle", "compare, verify, identify", "enrol", "enrol_many", "replace"], 60),
    ("templates", ["file", "ISO block", "log", "segment"], 25),
    ("galleries", ["open to read", "open to write", "check", "repair"], 40),
    ("records", ["read", "templates", "outline"], 20),
    ("images", ["load_image", "exchange.read"], 20),
)


@pytest.mark.parametrize(("name", "doors", "count"), SMALL)
def test_nothing_is_found_where_every_check_is_in_place(name, doors, count, tmp_path):
    assert verdicts(name, doors, count, tmp_path) == HARMLESS


def test_a_template_that_is_not_checked_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(template, "check_native", lambda data: None)
    assert Verdict.WRONG in verdicts("templates", ["from_bytes"], 60, tmp_path)


def test_a_log_whose_end_is_not_checked_is_found(monkeypatch, tmp_path):
    replay = reading.replay
    monkeypatch.setattr(reading, "replay", lambda data, log, stated: replay(data, log))
    assert Verdict.WRONG in verdicts("galleries", ["open to read"], 60, tmp_path)


def test_a_record_that_is_read_beyond_its_end_is_found(monkeypatch, tmp_path):
    def take(self, count, field):
        self.offset += count
        return bytes(self._data[place] for place in range(self.offset - count, self.offset))

    monkeypatch.setattr(OctetReader, "take", take)
    assert Verdict.UNTYPED in verdicts("records", ["read"], 60, tmp_path)


def test_an_image_whose_decoder_is_not_guarded_is_found(monkeypatch, tmp_path):
    decode = sources.decode

    def unguarded(*arguments, **keywords):
        try:
            return decode(*arguments, **keywords)
        except ImageError as error:
            raise IndexError(str(error)) from None

    monkeypatch.setattr(sources, "decode", unguarded)
    assert Verdict.UNTYPED in verdicts("images", ["load_image"], 10, tmp_path)


def test_a_measure_that_divides_by_a_range_of_nothing_is_found(monkeypatch, tmp_path):
    def divided(pixels, ppi):
        dark, light = (float(level) for level in np.percentile(pixels, (5, 95)))
        return 1.0 / (light - dark) < 0.0

    monkeypatch.setattr(load, "shows_light_ridges", divided)
    assert Verdict.UNTYPED in verdicts("images", ["load_image"], 60, tmp_path)


def test_a_child_that_may_use_what_it_inherited_is_found(monkeypatch, tmp_path):
    assert not list(run_mixes(tmp_path / "mixes.gallery", 2, SEED))
    monkeypatch.setattr(KeptPrints, "forked", lambda self: None)
    monkeypatch.setattr(KeptPrints, "_is_own", True)
    monkeypatch.setattr(KeptPrints, "_require_own", lambda self: None)
    assert list(run_mixes(tmp_path / "mixes.gallery", 2, SEED))


@pytest.mark.parametrize("is_planted", [False, True])
def test_a_search_of_another_moment_is_found(monkeypatch, tmp_path, is_planted):
    rounds = itertools.count()
    mix = Mix(tmp_path / "mix.gallery", SEED, lambda: next(rounds) < 60)
    if is_planted:
        snapshot = mix.gallery.snapshot()
        monkeypatch.setattr(mix.gallery, "snapshot", lambda probes=(): snapshot)
    mix.play(("change", "change", "search", "look"))
    assert bool(mix.faults) == is_planted


def test_sound_templates_break_no_rule_and_come_apart_and_together():
    for number in range(6):
        data = sound_template(number).to_bytes()
        assert broken_rule(data) == ""
        assert parts_of(data).assembled() == data


@pytest.mark.parametrize(
    ("rule", "alter"),
    [
        ("finger", lambda parts: parts.header.update(finger=11)),
        ("radius", lambda parts: parts.header.update(radius=float("nan"))),
        ("kind of minutiae", lambda parts: parts.kind.__setitem__(0, 3)),
        ("order of minutiae", lambda parts: parts.quality.sort()),
        ("bits outside validity", lambda parts: parts.words[:, 6].fill(0)),
        ("orientation", lambda parts: parts.orientation.fill(200)),
        ("version", lambda parts: setattr(parts, "version", 2)),
        ("counts", lambda parts: parts.header.update(minutiae=3)),
        ("limit of size", lambda parts: setattr(parts, "period", np.zeros((200, 200), np.uint8))),
    ],
)
def test_each_rule_is_told(rule, alter):
    parts = parts_of(sound_template(0).to_bytes())
    alter(parts)
    assert broken_rule(parts.assembled()) == rule


def test_what_the_engine_writes_and_the_rules_agree():
    for number in range(6):
        assert Template.from_bytes(sound_template(number).to_bytes()) == sound_template(number)
