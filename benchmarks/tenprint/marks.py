"""Marks among 10,000 prints: at which rank is the finger that left it? `python -m benchmarks.tenprint.marks`.

The gallery holds the rolled print of each finger that left a mark (with `--plain` the plain one), all four prints of
the other fingers of the same synthetic people, and point prints for the rest: these have no ridges of their own, and
may compete less than prints would. `--real` takes the one real mark with its rolled print in place of the synthetic.

Marks and their templates are kept below `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import dataclasses
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.code_version import RESULTS, extraction_digest, synthesis_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.search.point_population import point_population
from benchmarks.tenprint.card_prints import cards
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.exchange import read
from fingerprint_engine.exchange.ansi_nist import features_in
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.index import Gallery, MarkSearchParameters
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.synthesis import UNROLLED_FINGER, SyntheticMark, make_finger, make_mark
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import Mark, MarkRegion, Reader, Upright, mark_of_templates, read_mark

RANKS = (1, 2, 5, 10, 20, 50)
WAYS = ("image", "region", "region and upright", "examiner", "region and examiner")
REAL_MARK = "formats/ansi_nist_itl_traditional/jnbis__type-9-13-9-14-m1.an2"
REAL_OUTLINE = ((100, 180), (250, 120), (420, 120), (540, 200), (560, 380), (520, 480), (230, 480), (120, 400))
"""Drawn by eye around the ridges of the real mark."""


def marker(number: int, people: int) -> tuple[int, Finger]:
    """Whose finger left mark `number`: each finger of each person once, in an order that takes people first."""
    return number % people, Finger(1 + (number * 7 + number // people) % 10)


def examined(mark: SyntheticMark, rng: np.random.Generator) -> Minutiae:
    """What an examiner marks: most of what is there, not quite in its place, and a few that are not there."""
    true = mark.minutiae
    kept = np.flatnonzero(rng.random(len(true)) < 0.75)
    rows, cols = np.nonzero(mark.mask)
    false = rng.integers(rows.size, size=int(rng.poisson(0.08 * len(true))))
    count = kept.size + false.size
    x = np.concatenate([true.x[kept], cols[false]]) + rng.normal(0.0, 2.0, count)
    y = np.concatenate([true.y[kept], rows[false]]) + rng.normal(0.0, 2.0, count)
    direction = np.concatenate([true.direction[kept], rng.uniform(0.0, 2.0 * np.pi, false.size)])
    direction = (direction + rng.normal(0.0, 0.12, count)) % (2.0 * np.pi)
    side = mark.image.shape[0] - 1
    return Minutiae(
        np.clip(x, 0, side).astype(np.float32),
        np.clip(y, 0, side).astype(np.float32),
        direction.astype(np.float32),
        np.concatenate([true.kind[kept], np.zeros(false.size, np.uint8)]),
        np.full(count, 255, np.uint8),
    )


def synthetic_mark(seed: int, number: int, people: int) -> dict[str, Mark | None]:
    """The readings of one synthetic mark, by what is known of it."""
    folder = RESULTS / "marks" / f"{seed}-{people}-{synthesis_digest()}-{extraction_digest()}"
    path = folder / f"{number:05d}.pickle"
    if path.is_file():
        kept: dict[str, Mark | None] = pickle.loads(path.read_bytes())
        return kept
    who, finger = marker(number, people)
    master = make_finger(np.random.default_rng([seed, who, finger]), UNROLLED_FINGER, finger=finger)
    other = make_finger(np.random.default_rng([seed, who + people, finger]), UNROLLED_FINGER, finger=finger)
    rng = np.random.default_rng([seed, number, 99])
    made = make_mark(master, rng, other=other)
    region = (MarkRegion.of(made.region),)
    upright = Upright(float(np.degrees(made.upright_rad)) + float(np.clip(rng.normal(0.0, 7.0), -15.0, 15.0)))
    both = _read(made, region, minutiae=examined(made, rng))
    read = () if both is None else both.readings
    engine = tuple(one for one in read if one.reader is Reader.ENGINE)
    marked = tuple(one for one in read if one.reader is Reader.EXAMINER)
    turned = tuple(dataclasses.replace(one, upright=upright) for one in engine)
    found = {
        "image": _read(made, ()),
        "region": Mark(engine) if engine else None,
        "region and upright": Mark(turned) if turned else None,
        "examiner": Mark(marked) if marked else None,
        "region and examiner": both,
    }
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(pickle.dumps(found))
    temporary.replace(path)
    return found


def _read(made: SyntheticMark, region: tuple[MarkRegion, ...], **known: Any) -> Mark | None:
    try:
        return read_mark(made.image, region, **known)
    except FailureToExtract:
        return None


def gallery_for(people: int, seed: int, marked: set[tuple[int, Finger]], prints: int, *, plain: bool) -> Gallery:
    """One print of each finger that left a mark, all prints of the others, and point prints."""
    gallery = Gallery()
    entries: list[tuple[str, bytes | Template]] = []
    for who, card in enumerate(cards(people, seed)):
        for (finger, rolled), kept in card.items():
            is_mate = (who, finger) in marked
            chosen = kept if not is_mate else kept[:1] if rolled is not plain else []
            entries += [(f"{who}/{int(finger)}/{int(rolled)}{i}", one.data) for i, one in enumerate(chosen) if one.data]
    entries = entries[:prints]
    gallery.enrol_many(entries)
    _fill(gallery, prints)
    return gallery


def _fill(gallery: Gallery, prints: int) -> None:
    """Point prints up to a size."""
    left = prints - len(gallery)
    for number, part in enumerate(point_population(left)):
        pieces = zip(part.offset, part.offset[1:], strict=False)
        gallery.enrol_many((f"p{number}/{i}", part.data[a:b].tobytes()) for i, (a, b) in enumerate(pieces))


def rank_of(gallery: Gallery, mark: Mark | None, mate: str, parameters: MarkSearchParameters) -> int:
    """Rank of the mate; 0 where it is not on the list."""
    if mark is None:
        return 0
    found = gallery.search_mark(mark, max_candidates=max(RANKS), parameters=parameters)
    return next((one.rank for one in found.candidates if one.key.startswith(mate)), 0)


def synthetic(arguments: argparse.Namespace) -> None:
    """Print the ranks of synthetic marks."""
    places = [marker(number, arguments.people) for number in range(arguments.marks)]
    marks = [synthetic_mark(arguments.seed, number, arguments.people) for number in range(arguments.marks)]
    gallery = gallery_for(arguments.people, arguments.seed, set(places), arguments.prints, plain=arguments.plain)
    print(f"{arguments.marks} marks, {len(gallery)} prints, mates {'plain' if arguments.plain else 'rolled'}")
    print(f"{'':<22}{'unread':>7}" + "".join(f"{f'rank {rank}':>9}" for rank in RANKS))
    for way in WAYS:
        ranks = np.array([
            rank_of(gallery, mark[way], f"{who}/{int(finger)}/", MarkSearchParameters())
            for mark, (who, finger) in zip(marks, places, strict=True)
        ])  # fmt: skip
        unread = sum(mark[way] is None for mark in marks)
        shares = "".join(f"{np.mean((ranks > 0) & (ranks <= rank)):>9.1%}" for rank in RANKS)
        print(f"{way:<22}{unread:>7}{shares}", flush=True)


def real(arguments: argparse.Namespace) -> None:
    """Print the ranks of the real mark."""
    document = read(arguments.data / Path(REAL_MARK))
    mark, rolled = (one.image for one in document.images().value)
    points, others = (mapped.value.minutiae for _, mapped in features_in(document.content))
    gallery = Gallery()
    gallery.enrol("mate", make_template(rolled, impression=Impression.LIVESCAN_ROLLED))
    _fill(gallery, arguments.prints)
    outline = (MarkRegion(REAL_OUTLINE),)
    ways = {
        "image": read_mark(mark),
        "outline": read_mark(mark, outline),
        "examiner": mark_of_templates([read_mark(mark, minutiae=points).readings[-1].template]),
        "outline and examiner": read_mark(mark, outline, minutiae=points),
    }
    by_examiner = Gallery()
    by_examiner.enrol("mate", read_mark(rolled, minutiae=others).readings[-1].template)
    _fill(by_examiner, arguments.prints)
    for name, one in ways.items():
        for whose, where in (("our reading of the rolled print", gallery), ("the examiner's", by_examiner)):
            found = where.search_mark(one)
            mate = next((c for c in found.candidates if c.key == "mate"), None)
            best = max((c.score for c in found.candidates if c.key != "mate"), default=0.0)
            said = "not listed" if mate is None else f"rank {mate.rank}, score {mate.score:.0f}"
            print(f"{name}, {whose}: {said}, best other {best:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=200)
    parser.add_argument("--prints", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--plain", action="store_true", help="mates are plain prints")
    parser.add_argument("--real", action="store_true", help="the real mark")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    (real if arguments.real else synthetic)(arguments)


if __name__ == "__main__":
    main()
