"""``registry ACTION REGISTRY``: people in custody, from admission to erasure.

In come words of the command line; out go calls of `records` and what they answered, in a language that an officer
reads. It must not know how anything is decided or stored.
"""

from fingerprint_engine.cli.commands.registry.actions import add_arguments, run

__all__ = ["add_arguments", "run"]
