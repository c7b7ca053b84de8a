"""How often are two prints confused or not recognised? ``python -m benchmarks.accuracy`` measures the error rates."""
