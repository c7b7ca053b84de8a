"""How long does it take, and how large is it? ``python -m benchmarks.speed`` measures the engine."""
