"""``keys ACTION``: make and change the keys that protect galleries.

In come words of the command line; out go files of keys, and their ids. It must not know what keys protect.
"""

from fingerprint_engine.cli.commands.keys.actions import add_arguments, run

__all__ = ["add_arguments", "run"]
