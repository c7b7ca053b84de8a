"""A print on its way through a transaction, from image to match: what another agency would do with our file."""

import pytest
from tests.unit.exchange.ansi_nist.transactions import DAY, a_header, an_image

from fingerprint_engine import exchange
from fingerprint_engine.exchange.ansi_nist import Block, RidgeFeatures, build_transaction, contradictions, dumps
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.matching import verify
from fingerprint_engine.pipeline import extract
from fingerprint_engine.preprocessing import load_image


@pytest.fixture(scope="module")
def sample(samples_folder):
    path = sorted(samples_folder.glob("*.png"))[0]
    image = load_image(path, ppi=500)
    return image, extract(image, finger=Finger.RIGHT_INDEX, impression=Impression.LIVESCAN_ROLLED)


@pytest.mark.parametrize("compression", [Compression.PNG, Compression.RAW, Compression.JPEG_2000_LOSSLESS])
@pytest.mark.parametrize("blocks", [(Block.INCITS_378,), (Block.EXTENDED,), (Block.LEGACY,)])
def test_a_print_survives_a_transaction(sample, blocks, compression):
    image, template = sample
    rows, cols = image.pixels.shape
    record = an_image(
        int(template.finger),
        int(template.impression),
        cols,
        rows,
        payload=encode(image, compression),
        compression=compression,
        captured=DAY,
        features=RidgeFeatures.of_template(template),
    )
    version = "0400" if Block.LEGACY in blocks else "0502"
    transaction = build_transaction(a_header(version=version), [record], blocks=blocks)
    assert contradictions(transaction) == ()
    document = exchange.read(dumps(transaction), strict=True)
    (received,) = document.images().value
    assert (received.image.pixels == image.pixels).all()
    assert (received.finger, received.image.ppi) == (Finger.RIGHT_INDEX, 500.0)
    (again,) = document.templates(parameters_digest=template.parameters_digest).value
    assert (again.finger, again.impression, again.shape) == (template.finger, template.impression, template.shape)
    assert len(again) == len(template)
    assert verify(again, template, max_fmr=1e-6).is_match
