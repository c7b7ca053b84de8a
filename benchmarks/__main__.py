"""``python -m benchmarks [--quick]``: accuracy, then speed."""

from __future__ import annotations

import argparse

from benchmarks.accuracy import error_rates as accuracy
from benchmarks.speed import engine as speed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a part of the data: minutes instead of a quarter of an hour"
    )
    options = ["--quick"] if parser.parse_args().quick else []
    accuracy.main(options)
    print()
    speed.main(options)


if __name__ == "__main__":
    main()
