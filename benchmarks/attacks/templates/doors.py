"""The entries of templates: bytes, comparisons, galleries in memory and on disk, records, files, pickles."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.attacks.forging import installation, writing_unchecked
from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.templates.craft import SEEDS, craft, sound_template
from benchmarks.attacks.templates.rules import broken_rule
from benchmarks.attacks.verdicts import check
from fingerprint_engine import exchange, intake
from fingerprint_engine.errors import CorruptGallery, FingerprintEngineError, TemplateError
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock
from fingerprint_engine.exchange.minutiae_records.native_block import NATIVE_TEMPLATE
from fingerprint_engine.index import Gallery, check_gallery
from fingerprint_engine.matching import compare, compare_many, verify
from fingerprint_engine.template import Template

BUDGET_S = 2.0
"""Everything here takes milliseconds, but where a process is stopped for a while."""
KEY = "crafted"


def kind(place: Path) -> Kind:
    """Templates, and all doors for them."""
    doors: dict[str, Callable[[bytes], object]] = {
        "from_bytes": from_bytes,
        "pickle": from_pickle,
        "compare, verify, identify": as_probe,
        "enrol": enrol,
        "enrol_many": enrol_many,
        "replace": replace,
        "file": functools.partial(from_file, place / "crafted.fpt"),
        "ISO block": from_block,
        "log": functools.partial(from_disk, place / "log.gallery", False),
        "segment": functools.partial(from_disk, place / "segment.gallery", True),
    }
    return Kind(sound_template(SEEDS).to_bytes(), craft, doors, BUDGET_S)


def from_bytes(data: bytes) -> Template:
    """A template that is let in keeps every rule, and gives the same bytes."""
    template = Template.from_bytes(data)
    check(not broken_rule(data), f"broken rule: {broken_rule(data)}")
    check(template.to_bytes() == data, "other bytes come out")
    return template


def from_pickle(data: bytes) -> None:
    """As a worker process sends it."""
    template = pickle.loads(pickle.dumps(_Sent(data)))
    check(isinstance(template, Template), "no template")
    check(not broken_rule(data), f"broken rule: {broken_rule(data)}")


class _Sent:
    """Pickles as a template with these bytes does."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __reduce__(self) -> tuple[Callable[[bytes], Template], tuple[bytes]]:
        return Template.from_bytes, (self._data,)


def as_probe(data: bytes) -> None:
    """What was let in compares with finite, symmetric scores, and alters no other's."""
    crafted = Template.from_bytes(data)
    others = _sound()
    for other in others[:2]:
        try:
            there = compare(crafted, other)
        except FingerprintEngineError:
            continue
        check(_is_score(there.score), "a score that is no number")
        check(there.score == compare(other, crafted).score, "a score that depends on the order")
        check(verify(crafted, other, max_fmr=1e-4).score == there.score, "verify and compare differ")
        batch = compare_many(other, [others[0], crafted, others[1]])
        alone = [compare(other, one).score for one in (others[0], crafted, others[1])]
        check(bool((np.asarray(batch) == np.asarray(alone)).all()), "a batch alters scores")
    with Gallery() as gallery:
        for number, other in enumerate(others):
            gallery.enrol(str(number), other)
        for exhaustive in (False, True):
            found = gallery.identify(crafted, exhaustive=exhaustive)
            check(all(_is_score(candidate.score) for candidate in found.candidates), "a candidate without a score")


def enrol(data: bytes) -> None:
    """One by one."""
    with _gallery() as gallery:
        gallery.enrol(KEY, data)
        _check_gallery(gallery, data)


def enrol_many(data: bytes) -> None:
    """In bulk, where what is refused is listed."""
    with _gallery() as gallery:
        done = gallery.enrol_many([(KEY, data)])
        if done.refused:
            raise done.refused[0][1]
        _check_gallery(gallery, data)


def replace(data: bytes) -> None:
    """In place of another."""
    with _gallery() as gallery:
        gallery.enrol(KEY, _sound()[0])
        gallery.replace(KEY, data)
        _check_gallery(gallery, data)


def from_file(path: Path, data: bytes) -> None:
    """As a file that the command line reads."""
    path.write_bytes(data)
    template = intake.read_print(path).template
    check(not broken_rule(data), f"broken rule: {broken_rule(data)}")
    check(template.to_bytes() == data, "other bytes come out")


def from_block(data: bytes) -> None:
    """Inside a record of ISO/IEC 19794-2, which a reader may also take without the block."""
    record = minutiae_records.record_of_templates([_sound()[0]]).value
    if len(data) > 0xFFFF - 4:
        data = data[: 0xFFFF - 4]  # a block holds no more
    block = ExtendedBlock(NATIVE_TEMPLATE, data)
    views = (dataclasses.replace(record.views[0], extended=(block,)),)
    written = minutiae_records.dumps(dataclasses.replace(record, views=views))
    for template in exchange.read(written).templates().value:
        check(template.to_bytes() != data or not broken_rule(data), f"broken rule: {broken_rule(data)}")
        check(_is_score(compare(template, template).score), "a score that is no number")


def from_disk(path: Path, is_sealed: bool, data: bytes) -> None:
    """In the log or a segment of somebody else's gallery."""
    own, other = path.with_name("own state"), path.with_name("other state")
    for folder in (path, own, other):
        shutil.rmtree(folder, ignore_errors=True)
    with installation(other), writing_unchecked(), Gallery.open(path) as gallery:
        for number, other in enumerate(_sound()):
            gallery.enrol(str(number), other)
        gallery.enrol(KEY, data)
        if is_sealed:
            gallery.compact()
    rule = broken_rule(data)
    with installation(own):
        if check_gallery(path).is_sound:
            check(not rule, f"check says sound; broken rule: {rule}")
        with Gallery.open(path, read_only=True) as gallery:
            if rule:
                _check_stepped_over(gallery, rule)
                raise CorruptGallery("stepped over, which searches say")
            _check_gallery(gallery, data)


def _check_gallery(gallery: Gallery, data: bytes) -> None:
    """The print that was let in keeps every rule, and what is found is what comparisons say.

    Searched first: where a check is missing, the search shows what comes of it.
    """
    probe = _sound()[0]
    answers = [gallery.identify(probe, exhaustive=exhaustive) for exhaustive in (False, True)]
    scores = [{candidate.key: candidate.score for candidate in found.candidates} for found in answers]
    check(all(_is_score(score) for found in scores for score in found.values()), "a candidate without a score")
    check(not broken_rule(data), f"broken rule: {broken_rule(data)}")
    check(gallery.get(KEY).to_bytes() == data, "other bytes come out")
    for found in scores:
        check("0" in found, "the mate is not found")
        for key, score in found.items():
            check(score == compare(probe, gallery.get(key)).score, "a score that is not that of the comparison")


def _check_stepped_over(gallery: Gallery, rule: str) -> None:
    """A print that breaks a rule is given to nobody and compared with nothing, and no search is silent about it."""
    with contextlib.suppress(TemplateError):
        gallery.get(KEY)
        check(False, f"it is given out; broken rule: {rule}")
    for probe in _sound()[:2]:
        found = gallery.identify(probe, exhaustive=True)
        check(KEY not in {candidate.key for candidate in found.candidates}, f"it is compared; broken rule: {rule}")
        check(found.receipt.searched < len(gallery), f"a search is silent about it; broken rule: {rule}")


def _gallery() -> Gallery:
    gallery = Gallery()
    gallery.enrol_many((str(number), template) for number, template in enumerate(_sound()))
    return gallery


@functools.cache
def _sound() -> tuple[Template, ...]:
    return tuple(sound_template(number) for number in range(SEEDS))


def _is_score(score: float) -> bool:
    return math.isfinite(score) and score >= 0.0
