"""How long does it take, and how large is it? ``python -m benchmarks.speed`` measures the engine."""

from benchmarks.code_version import use_one_thread

use_one_thread()
