"""The Python of ``docs/exchange.md`` runs as it stands there."""

import datetime
import re

import numpy as np
import pytest
from tests.unit.cli.readme_tour import ROOT, folder_with_samples
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, some_features

from fingerprint_engine import Template, exchange
from fingerprint_engine.exchange import ansi_nist, image_codecs, interpol
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.preprocessing import image_from_array

from .prints_made import made_template

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8"), re.DOTALL)


def _run(block, **names):
    exec(compile(block, "docs/exchange.md", "exec"), names)
    return names


def test_there_are_as_many_as_are_run_here():
    assert len(BLOCKS) == 5


def test_reading(data_folder, tmp_path, monkeypatch):
    folder = data_folder / "formats"
    (tmp_path / "incoming.an2").write_bytes(
        (folder / "ansi_nist_itl_traditional" / "jnbis__type-9-4-iafis.an2").read_bytes()
    )
    monkeypatch.chdir(tmp_path)
    template = exchange.read(made_template().to_bytes())
    given = {
        "fmr": (folder / "iso19794-2_2005" / "fingerjetfxose__a001_03p.ist").read_bytes(),
        "fir": (folder / "iso19794-4_v020" / "idemia-iso19794__annexc.fir").read_bytes(),
        "lines": exchange.convert(template, "xyt").value,
        "card": exchange.convert(template, "card-normal").value,
        "template": made_template(),
    }
    names = _run(BLOCKS[0], **given)
    assert exchange.minutiae_records.dumps(names["record"]) == given["fmr"]
    assert isinstance(names["document"].templates()[0][0], Template)


def test_transactions(data_folder):
    path = data_folder / "formats" / "ansi_nist_itl_traditional" / "jnbis__type-14-tpcard-nqm.an2"
    names = _run(BLOCKS[1], data=path.read_bytes())
    assert names["view"]["FGP"] == names["view"]["14.013"]
    assert names["view"]["NQM"][0] == {"FRNP": 7, "IQS": 2}
    changed = ansi_nist.View(names["changed"].records[2])
    assert (changed["FGP"], changed["COM"]) == ((13,), "position corrected")


@pytest.mark.parametrize("block", BLOCKS[2:3])
def test_a_new_transaction(block, samples_folder, tmp_path):
    with folder_with_samples(tmp_path):
        data = _run(block)["data"]
    document = exchange.read(data, strict=True)
    assert [record.type for record in document.content.records] == [1, 2, 9, 14, 14, 14]
    assert ansi_nist.contradictions(document.content) == ()
    prints, losses = document.images()
    assert [one.position for one in prints] == [2, 2, 3, 4]
    assert "record 6, Type-14: no image: finger 5 is missing or cannot be printed" in losses
    (template,) = document.templates().value
    assert (template.finger, len(template) > 20) == (2, True)


def test_xml():
    given = ansi_nist.dumps(ansi_nist.build_transaction(a_header(), [an_image(2, features=some_features())]), "xml")
    names = _run(BLOCKS[3], data=given, ansi_nist=ansi_nist)
    assert ansi_nist.dumps(names["transaction"]) == given


def test_interpol():
    sender, receiver = interpol.Organization("A", "ABC"), interpol.Organization("B", "DEF")
    envelope = interpol.Envelope(sender, receiver, datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), 1)
    grey = image_from_array(np.zeros((48, 40), np.uint8), 1000, polarity="dark-ridges")
    payload = image_codecs.encode(grey, Compression.JPEG_2000)
    images = [an_image(1, 1, payload=payload, compression=Compression.JPEG_2000, ppi=1000)]
    request = interpol.build_request("CPS", envelope, images, {"CRN": "ABC/1", "SEX": "F"})
    _run(BLOCKS[4], transaction=request, request=request, envelope=envelope, images=images)
    assert not interpol.violations(request)
    assert interpol.last_day(request) is None  # this request states none
