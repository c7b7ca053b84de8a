"""``python -m benchmarks.accuracy``; see `benchmarks.accuracy.error_rates`."""

from __future__ import annotations

from benchmarks.accuracy.error_rates import main

if __name__ == "__main__":
    main()
