"""Wrong types are named: which argument, what was expected, what was found."""

import pickle

import numpy as np
import pytest
from tests.unit.exchange.prints_made import made_template

import fingerprint_engine as fe
from fingerprint_engine.cluster import ShardedGallery, ThreadExecutor
from fingerprint_engine.cluster.extraction import extract_on
from fingerprint_engine.cluster.splitting import join, split
from fingerprint_engine.records import Registry
from fingerprint_engine.records.people.captures import captures_of

TEMPLATE = made_template()


def _replaced(details):
    gallery = fe.Gallery()
    gallery.enrol("k", TEMPLATE)
    gallery.replace("k", TEMPLATE, details)


CALLS = {
    "extract: a path": (lambda: fe.extract("9_1.png"), "image: expected a FingerprintImage"),
    "extract: an array": (lambda: fe.extract(np.zeros((300, 300), np.uint8)), "image: expected a FingerprintImage"),
    "extract: parameters": (
        lambda: fe.extract(fe.image_from_array(np.full((300, 300), 255, np.uint8), 500), parameters={}),
        "parameters: expected PipelineParameters",
    ),
    "warm_up": (lambda: fe.warm_up(5), "parameters: expected PipelineParameters"),
    "extract_many: a number": (lambda: list(fe.extract_many(5)), "paths: expected several file names, got int"),
    "extract_many: parameters": (lambda: list(fe.extract_many([], parameters=5)), "expected PipelineParameters"),
    "verify: paths": (lambda: fe.verify("a", "b"), "template: expected a Template, got str"),
    "verify: bytes": (lambda: fe.verify(TEMPLATE, TEMPLATE.to_bytes()), "template: expected a Template, got bytes"),
    "compare: nothing": (lambda: fe.compare(None, TEMPLATE), "template: expected a Template, got NoneType"),
    "compare: parameters": (lambda: fe.compare(TEMPLATE, TEMPLATE, 5), "parameters: expected MatchingParameters"),
    "compare_many: one": (lambda: fe.compare_many(TEMPLATE, TEMPLATE), "references: expected several templates"),
    "compare_many: a number": (lambda: fe.compare_many(TEMPLATE, 5), "references: expected several templates, got int"),
    "compare_many: among others": (lambda: fe.compare_many(TEMPLATE, [TEMPLATE, "x"]), "expected a Template, got str"),
    "Matcher": (lambda: fe.Matcher("x"), "template: expected a Template, got str"),
    "Gallery.open": (lambda: fe.Gallery.open(5), "path: expected the name of a file or folder, got int"),
    "pipeline_parameters": (lambda: fe.pipeline_parameters([]), "extractor: expected one of"),
    "enrol": (lambda: fe.Gallery().enrol("k", 5), "template: expected a Template or its bytes, got int"),
    "enrol_many: a number": (lambda: fe.Gallery().enrol_many(5), "prints: expected pairs of key and template, got int"),
    "enrol_many: no pair": (lambda: fe.Gallery().enrol_many(["ab"]), "prints: expected a pair .* got str"),
    "replace": (lambda: _replaced(True), "details: expected PrintDetails, got bool"),
    "identify": (lambda: fe.Gallery().identify("a"), "probe: expected a Template or several, got str"),
    "records: one print": (
        lambda: captures_of(TEMPLATE),
        "expected several templates or captures, got Template",
    ),
    "from_bytes": (lambda: fe.Template.from_bytes("x"), "template: expected bytes, got str"),
}


@pytest.mark.parametrize("name", CALLS)
def test_it_is_named(name):
    call, said = CALLS[name]
    with pytest.raises(fe.FingerprintEngineError, match=said):
        call()


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_name_that_no_file_can_have_is_refused(name, tmp_path):
    gallery = fe.Gallery()
    acts = (
        fe.Gallery.open,
        lambda path: fe.Gallery.open(path, read_only=True),
        lambda path: gallery.duplicates(journal=path),
        lambda path: split(tmp_path / "gallery", path, 2),
        lambda path: split(path, tmp_path / "shards", 2),
        lambda path: join([], path),
        lambda path: ShardedGallery([path]),
        lambda path: next(extract_on(ThreadExecutor(), [], journal=path)),
        lambda path: Registry.create(tmp_path / path),
        lambda path: Registry.create(tmp_path / "registry", galleries=path),
    )
    fe.Gallery.open(tmp_path / "gallery").close()
    before = sorted(tmp_path.iterdir())
    for act in acts:
        with pytest.raises(fe.FingerprintEngineError, match=r"name that a file can have|cannot open the shard"):
            act(name)
    assert sorted(path for path in tmp_path.iterdir() if "registry" not in path.name) == before


def test_a_gallery_is_not_pickled_and_says_what_to_do():
    with pytest.raises(fe.InputError, match=r"open it in each worker: Gallery\.open\(path, read_only=True\)"):
        pickle.dumps(fe.Gallery())


def test_a_gallery_is_read_like_a_mapping():
    gallery = fe.Gallery()
    gallery.enrol("b", TEMPLATE)
    gallery.enrol("a", TEMPLATE)
    assert gallery.keys() == ["b", "a"]
    assert gallery["a"] == TEMPLATE
    assert list(gallery.items()) == [("b", TEMPLATE), ("a", TEMPLATE)]
    walk = gallery.items()
    next(walk)
    gallery.remove("a")
    assert list(walk) == []
    with pytest.raises(fe.UnknownKey):
        gallery["a"]


def test_a_template_is_saved_and_loaded(tmp_path):
    path = tmp_path / "print.fpt"
    TEMPLATE.save(path)
    assert fe.Template.load(path) == TEMPLATE
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        TEMPLATE.save(path)
    TEMPLATE.save(str(path), overwrite=True)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(fe.CorruptTemplate, match=r"print\.fpt: "):
        fe.Template.load(path)
