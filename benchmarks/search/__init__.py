"""Searches of large galleries: what they find, how fast, and that nothing is lost."""

from benchmarks.code_version import use_one_thread

use_one_thread()
