"""A print for another agency's system.

A template is written as a record of ISO/IEC 19794-2, with a list of what that format cannot hold, and read back.
"""

import fingerprint_engine as fe
from fingerprint_engine import exchange

template = fe.extract(fe.load_image("data/samples/9_1.png"), finger=fe.Finger.RIGHT_INDEX)

written = exchange.convert(exchange.read(template.to_bytes()), "iso-19794-2:2005")
print(f"{len(written.value)} bytes")
for loss in written.losses:
    print("lost:", loss)

(back, *_), _ = exchange.read(written.value).templates()
print(f"{len(back)} of {len(template)} minutiae came back, finger {back.finger.words}")
assert len(back) == len(template)
assert back.finger is fe.Finger.RIGHT_INDEX
