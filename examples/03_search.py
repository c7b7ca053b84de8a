"""Whose finger may this be? A search with a receipt.

Twelve synthetic fingers are enrolled, one is searched for. The answer is an outcome and candidates, never a person,
and a receipt of what was searched: without it, "no hit" would mean nothing.
"""

import fingerprint_engine as fe

gallery = fe.Gallery()  # in memory; fe.Gallery.open("custody.gallery") is on disk
for number in range(1, 13):
    gallery.enrol(f"finger {number}", fe.extract(fe.load_image(f"data/samples/{number}_1.png")))

found = gallery.identify(fe.extract(fe.load_image("data/samples/5_3.png")), max_fpir=1e-3)
print(f"{found.outcome.value}: {found.receipt.searched} of {found.receipt.eligible} searched")
for candidate in found.candidates[:2]:
    print(candidate.rank, candidate.key, "hit" if candidate.score >= found.receipt.hit_score else "no hit")
assert found.outcome.value == "hit"
assert found.candidates[0].key == "finger 5"
