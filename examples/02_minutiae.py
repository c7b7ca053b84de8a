"""What is in a print? Minutiae, cores and deltas.

A ring is an ending, a square a bifurcation; the line points into the ridge or the valley. Quality says how likely a
minutia is to be found again.
"""

import fingerprint_engine as fe
from fingerprint_engine import visualization

image = fe.load_image("data/samples/7_1.png")
template = fe.extract(image)
print(f"{len(template)} minutiae, {len(template.singular_points)} cores and deltas, quality {template.quality} of 100")
assert len(template) > 20

visualization.draw_minutiae(image, template.minutiae, template.singular_points).save("minutiae.png", overwrite=True)
