"""``agencies ACTION``: hit or no hit between agencies, from the keys of both to the identity that follows.

In come words of the command line; out go bundles, and calls of `records` and what they answered. It must not know how
a bundle is made or a question answered.
"""

from fingerprint_engine.cli.commands.agencies.actions import add_arguments, run

__all__ = ["add_arguments", "run"]
