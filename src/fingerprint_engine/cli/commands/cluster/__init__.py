"""``cluster ACTION``: search the shards of a gallery together.

In come words of the command line; out go calls of `cluster` and what they answered. It must not know how shards are
searched.
"""

from fingerprint_engine.cli.commands.cluster.actions import add_arguments, run

__all__ = ["add_arguments", "run"]
