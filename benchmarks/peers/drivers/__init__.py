"""Scripts that peers' own interpreters run: `drive`, and one adapter a package. They import nothing of the project.

The only exception is the adapter of our own engine.
"""
