"""Marks among 10,000 prints: at which rank is the finger that left it? `python -m benchmarks.tenprint.marks`.

The gallery holds the rolled print of each finger that left a mark (with `--plain` the plain one), with `--cards` all
prints of the cards of other synthetic people, and point prints for the rest. These have no ridges of their own, and may
compete less than prints would: how often the best of the others is a print of a synthetic finger says by how much.
`--real` takes the one real mark with its rolled print in place of the synthetic.

Marks, prints and ranks are kept below `benchmarks/results/`: a run that was stopped, also by `--minutes`, goes on.
"""

from __future__ import annotations

import argparse
import functools
import pickle
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.code_version import EXTRACTION, RESULTS, extraction_digest, source_digest, synthesis_digest
from benchmarks.data_sets import DEFAULT_DATA
from benchmarks.kept_rows import Row, kept_rows
from benchmarks.options import AMOUNT, AT_LEAST_0, AT_LEAST_1
from benchmarks.search.point_population import point_population
from benchmarks.tenprint.card_prints import PLAIN, cards
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.exchange import read
from fingerprint_engine.exchange.ansi_nist import features_in
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.index import Gallery
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.synthesis import (
    UNROLLED_FINGER,
    MasterFinger,
    SyntheticMark,
    make_finger,
    make_impression,
    make_mark,
    make_rolled_impression,
)
from fingerprint_engine.tenprint import Mark, MarkRegion, Reader, Upright, mark_of_templates, read_mark

RANKS = (1, 2, 5, 10, 20, 50)
WAYS = ("image", "region and upright", "examiner", "region and examiner")
SEARCHED = (*EXTRACTION, "matching", "index", "tenprint")
"""Rooms on which a rank depends."""
REAL_MARK = "formats/ansi_nist_itl_traditional/jnbis__type-9-13-9-14-m1.an2"
REAL_OUTLINE = ((100, 180), (250, 120), (420, 120), (540, 200), (560, 380), (520, 480), (230, 480), (120, 400))
"""Drawn by eye around the ridges of the real mark."""


class Made(NamedTuple):
    """A synthetic mark with what is known of it, and prints of its finger, as bytes."""

    mark: SyntheticMark
    upright: Upright
    examined: Minutiae
    rolled: bytes
    plain: bytes


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


def synthetic_mark(seed: int, number: int) -> Made:
    """A mark that a finger left, each of another one, and its prints."""
    path = RESULTS / "marks" / f"{seed}-{synthesis_digest()}-{extraction_digest()}" / f"{number:05d}.pickle"
    if path.is_file():
        return Made(*pickle.loads(path.read_bytes()))
    finger = Finger(1 + number % 10)
    master = make_finger(np.random.default_rng([seed, number]), UNROLLED_FINGER, finger=finger)
    rng = np.random.default_rng([seed, number, 99])
    mark = make_mark(master, rng, other=_below(number % 10))
    upright = Upright(float(np.degrees(mark.upright_rad)) + float(np.clip(rng.normal(0.0, 7.0), -15.0, 15.0)))
    by_examiner = examined(mark, rng)
    rolled = make_template(
        make_rolled_impression(master, rng).image, finger=finger, impression=Impression.LIVESCAN_ROLLED
    )
    plain = make_template(
        make_impression(master, rng, PLAIN).image, finger=finger, impression=Impression.LIVESCAN_PLAIN
    )
    kept = Made(mark, upright, by_examiner, rolled.to_bytes(), plain.to_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(pickle.dumps(tuple(kept)))
    temporary.replace(path)
    return kept


@functools.cache
def _below(number: int) -> MasterFinger:
    """A finger whose mark may lie below."""
    return make_finger(np.random.default_rng([number]))


def read_by(way: str, made: Made) -> Mark | None:
    """A mark read by what one of `WAYS` knows of it; None where it cannot be read."""
    image, region = made.mark.image, (MarkRegion.of(made.mark.region),)
    try:
        if way == "image":
            return read_mark(image)
        if way == "region and upright":
            return read_mark(image, region, upright=made.upright)
        mark = read_mark(image, region, minutiae=made.examined)
    except FailureToExtract:
        return None
    if way == "region and examiner":
        return mark
    marked = tuple(one for one in mark.readings if one.reader is Reader.EXAMINER)
    return Mark(marked) if marked else None


def gallery_for(marks: Sequence[Made], seed: int, people: int, prints: int, *, plain: bool) -> Gallery:
    """One print of each finger that left a mark, all prints of other people, and point prints."""
    gallery = Gallery()
    entries = [(f"mate{number}", mark.plain if plain else mark.rolled) for number, mark in enumerate(marks)]
    for who, card in enumerate(cards(people, seed)):
        for (finger, rolled), kept in card.items():
            names = (f"card{who}/{int(finger)}/{int(rolled)}{i}" for i in range(len(kept)))
            entries += [(name, one.data) for name, one in zip(names, kept, strict=True) if one.data]
    gallery.enrol_many(entries[:prints])
    _fill(gallery, prints)
    return gallery


def _fill(gallery: Gallery, prints: int) -> None:
    """Point prints up to a size."""
    left = prints - len(gallery)
    for number, part in enumerate(point_population(left)):
        pieces = zip(part.offset, part.offset[1:], strict=False)
        gallery.enrol_many((f"p{number}/{i}", part.data[a:b].tobytes()) for i, (a, b) in enumerate(pieces))


def rank_of(gallery: Gallery, mark: Mark | None, mate: str) -> tuple[int | None, bool]:
    """Rank of the mate, 0 where it is not on the list; and whether the best of the others has ridges."""
    if mark is None:
        return None, False
    found = gallery.search_mark(mark, max_candidates=max(RANKS)).candidates
    others = [one.key for one in found if one.key != mate]
    rank = next((one.rank for one in found if one.key == mate), 0)
    return rank, bool(others) and not others[0].startswith("p")


def synthetic(arguments: argparse.Namespace) -> None:
    """Print the ranks of synthetic marks."""
    count, seed, people = arguments.marks, arguments.seed, arguments.cards
    until = time.monotonic() + 60.0 * arguments.minutes
    kind = "plain" if arguments.plain else "rolled"
    marks: list[Made] = []
    while len(marks) < count and time.monotonic() < until:
        marks.append(synthetic_mark(seed, len(marks)))
    if len(marks) < count:
        print(f"{len(marks)} of {count} marks are made")
        return
    words = (seed, people, arguments.prints, count, kind, source_digest(SEARCHED), synthesis_digest())
    galleries: list[Gallery] = []

    def searched(way: str, number: int) -> Row:
        if not galleries:
            galleries.append(gallery_for(marks, seed, people, arguments.prints, plain=arguments.plain))
        rank, is_ridged = rank_of(galleries[0], read_by(way, marks[number]), f"mate{number}")
        return {"rank": rank, "best other has ridges": is_ridged}

    print(f"{arguments.prints} prints, mates {kind}; shares in %")
    print(
        f"{'':<22}{'marks':>7}{'unread':>7}"
        + "".join(f"{f'rank {one}':>9}" for one in RANKS)
        + "   best other has ridges"
    )
    for way in arguments.ways:
        name = f"mark-ranks/{way.replace(' ', '-')}-{'-'.join(map(str, words))}"
        rows = kept_rows(name, count, functools.partial(searched, way), until=until)
        if not rows:
            continue
        found = np.array([row["rank"] or 0 for row in rows])
        unread = sum(row["rank"] is None for row in rows)
        shares = "".join(f"{100 * np.mean((found > 0) & (found <= rank)):>9.1f}" for rank in RANKS)
        best = np.mean([row["best other has ridges"] for row in rows])
        print(f"{way:<22}{len(rows):>7}{unread:>7}{shares}{100 * best:>14.1f}", flush=True)
    ridged = (count + sum(len(kept) for card in cards(people, seed) for kept in card.values())) / arguments.prints
    print(f"of the gallery {100 * ridged:.1f} % have ridges")


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
    parser.add_argument("--marks", type=AT_LEAST_1, default=200)
    parser.add_argument("--prints", type=AT_LEAST_1, default=10_000)
    parser.add_argument("--cards", type=AT_LEAST_0, default=0, help="people whose prints are in the gallery too")
    parser.add_argument("--seed", type=AT_LEAST_0, default=29)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="what is known of the marks")
    parser.add_argument("--minutes", type=AMOUNT, default=1e6, help="stop after so long, to go on another time")
    parser.add_argument("--plain", action="store_true", help="mates are plain prints")
    parser.add_argument("--real", action="store_true", help="the real mark")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    (real if arguments.real else synthetic)(arguments)


if __name__ == "__main__":
    main()
