"""``gallery ACTION GALLERY``: look after a gallery on disk, and after single prints in it.

In come words of the command line; out go calls of `index` and what they answered. It must not know how a gallery is
stored.
"""

from fingerprint_engine.cli.commands.gallery.care import add_arguments, run

__all__ = ["add_arguments", "run"]
