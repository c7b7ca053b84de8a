"""``python -m fingerprint_engine``: the command line."""

from fingerprint_engine.cli.process import run

if __name__ == "__main__":
    run()
