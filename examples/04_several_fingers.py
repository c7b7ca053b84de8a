"""Two fingers of one person are searched together.

Each finger alone gives a score; together they say more. Prints of one subject become one candidate.
"""

import fingerprint_engine as fe

gallery = fe.Gallery()
for person, (first, second) in {"P-1": (1, 2), "P-2": (3, 4), "P-3": (5, 6)}.items():
    for number in (first, second):
        template = fe.extract(fe.load_image(f"data/samples/{number}_1.png"))
        gallery.enrol(f"{person}/{number}", template, subject=person, category="remand")

probes = [fe.extract(fe.load_image(f"data/samples/{number}_2.png")) for number in (3, 4)]
found = gallery.identify(probes, where=fe.SearchFilter(categories={"remand"}))
best = found.candidates[0]
print(f"{found.outcome.value}: {best.subject}, {len(best.matches)} fingers agree")
assert best.subject == "P-2"
assert best.score > max(match.score for match in best.matches)
