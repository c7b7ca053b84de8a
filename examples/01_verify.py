"""Do two prints come from the same finger?

The answer is a score with a stated error rate, and a picture of the evidence: matched minutiae, and those that have no
partner although the other print shows the place.
"""

import fingerprint_engine as fe
from fingerprint_engine import visualization

probe_image = fe.load_image("data/samples/9_2.png")
reference_image = fe.load_image("data/samples/9_1.png")
probe, reference = fe.extract(probe_image), fe.extract(reference_image)

answer = fe.verify(probe, reference, max_fmr=1e-4)  # at most one false match in 10,000 comparisons
print("match" if answer.is_match else "no match", f"{len(answer.comparison.pairs)} matched minutiae")
assert answer.is_match

pixels = {"probe_image": probe_image, "reference_image": reference_image}
names = {"probe_name": "9_2.png", "reference_name": "9_1.png"}
visualization.draw_match(answer, probe, reference, **pixels, **names).save("match.png", overwrite=True)
visualization.draw_overlay(answer.comparison, probe, reference, **pixels).save("overlay.png", overwrite=True)
