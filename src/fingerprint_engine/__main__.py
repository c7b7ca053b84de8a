"""``python -m fingerprint_engine``: the command line."""

import sys

from fingerprint_engine.cli import main

if __name__ == "__main__":
    sys.exit(main())
