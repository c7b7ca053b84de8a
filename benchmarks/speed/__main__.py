"""``python -m benchmarks.speed``; see `benchmarks.speed.engine`."""

from __future__ import annotations

from benchmarks.speed.engine import main

if __name__ == "__main__":
    main()
