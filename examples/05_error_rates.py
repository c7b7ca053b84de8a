"""How often would prints be confused or not recognised? Error rates of a folder.

All pairs of twelve fingers with four impressions each are compared. On the left of the limit fingers are confused, on
the right they are not recognised; a curve of both says what a limit costs.
"""

import numpy as np

import fingerprint_engine as fe
from fingerprint_engine import evaluation, visualization

samples = evaluation.read_samples("data/samples")  # FINGER_IMPRESSION.png
outcomes = [outcome for _, outcome in fe.extract_many([path for _, path in samples])]
kept = [
    (sample.finger, made) for (sample, _), made in zip(samples, outcomes, strict=True) if isinstance(made, fe.Template)
]
labels, templates = zip(*kept, strict=True)
print(f"{len(templates)} of {len(samples)} images gave a template")

first, second = np.triu_indices(len(templates), k=1)
scores = np.concatenate([fe.compare_many(templates[i], templates[i + 1 :]) for i in range(len(templates) - 1)])
is_mated = np.array([labels[i] == labels[j] for i, j in zip(first, second, strict=True)])

curve = evaluation.error_curve(scores, is_mated)
rates = evaluation.error_rates(curve)
print(f"{is_mated.sum()} mated and {(~is_mated).sum()} non-mated pairs, equal error rate {100 * rates.eer:.2f} %")
assert rates.eer < 0.02

visualization.draw_histograms(scores[is_mated], scores[~is_mated]).save("scores.png", overwrite=True)
