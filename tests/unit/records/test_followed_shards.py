"""Shards that are built from the feed: together they hold the registry, and a lost one comes back the same."""

import pickle
import shutil

import pytest

from fingerprint_engine import Finger, Gallery
from fingerprint_engine.cluster import ShardedGallery
from fingerprint_engine.errors import GalleryError, RecordsError
from fingerprint_engine.records import Registry, admit, erase
from fingerprint_engine.records.followed_shards import FollowedShards
from fingerprint_engine.records.following import FollowRule

BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)


def _admitted(registry, hands, numbers):
    session = registry.session(actor="officer 17", purpose="admission", site="north")
    return [admit(session, hands(number).prints(*BOTH), category="remand").person.id for number in numbers]


def _candidates(shards, probe):
    found = shards.identify(probe, same_finger=True)
    return [(one.key, one.subject, one.score) for one in found.candidates]


def test_shards_follow_the_registry_and_a_lost_one_is_built_again(tmp_path, place, clock, hands):
    with Registry.create(place, clock=clock) as registry:
        people = _admitted(registry, hands, range(5))
        registry.catch_up()
        (follower,) = registry.galleries.followers
        expected = sorted(follower.gallery)
    paths = [tmp_path / f"shard-{number:04d}" for number in range(3)]
    load = FollowedShards(str(place), 3)
    shards = ShardedGallery(paths, load)
    assert len(shards) == len(expected) == 10
    held = [shard._gallery for shard in map(load, map(str, paths))]
    assert sorted(key for gallery in held for key in gallery) == expected
    of = [{gallery.details(key).subject for key in gallery} for gallery in held]
    assert sum(map(len, of)) == len(set().union(*of)) == 5  # nobody is in two
    probe = hands(2).print(Finger.RIGHT_INDEX)
    before = _candidates(shards, probe)
    assert before[0][1] == people[2]

    shutil.rmtree(paths[1])
    lost = pickle.loads(pickle.dumps(load(str(paths[1]))))  # as Dask sends it to another worker
    assert lost.path == str(paths[1])
    assert _candidates(ShardedGallery(paths, load), probe) == before
    with Registry.open(place, clock=clock) as registry:
        erase(registry.session(actor="officer 1", purpose="oversight"), people[2])
    after = _candidates(ShardedGallery(paths, load), probe)
    assert people[2] not in {subject for _, subject, _ in after}


def test_what_is_no_shard_is_refused(tmp_path, place, clock, hands):
    with Registry.create(place, clock=clock) as registry:
        load = FollowedShards(str(place), 2)
        with pytest.raises(GalleryError, match="expected templates of one kind in the database, found 0"):
            load(str(tmp_path / "shard-0000"))
        _admitted(registry, hands, [0])
    for name in ("shard-0002", "shard-1", "other"):
        with pytest.raises(GalleryError, match="expected a folder named shard-0000 to shard-0001"):
            load(str(tmp_path / name))
    with pytest.raises(RecordsError):
        FollowedShards(str(tmp_path / "absent.db"), 2)(str(tmp_path / "shard-0000"))
    with Gallery.open(tmp_path / "g") as gallery:
        assert len(gallery) == 0


@pytest.mark.parametrize("part", [(1, 1), (-1, 2), (0, 0), (True, 2), [0, 2], (0,), "01"])
def test_a_part_that_is_none_is_refused(part):
    with pytest.raises(RecordsError, match="part: expected a number from 0"):
        FollowRule(part=part)
