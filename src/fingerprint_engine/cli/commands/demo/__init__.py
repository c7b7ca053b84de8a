"""``demo``: the main job from end to end on synthetic samples.

In come words of the command line; out go a story on the screen, and pictures and a gallery in a folder. It must not
know anything that the Python API cannot do.
"""

from fingerprint_engine.cli.commands.demo.story import add_arguments, run

__all__ = ["add_arguments", "run"]
