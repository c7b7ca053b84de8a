"""Benchmarks, grouped by the question they answer; see README.md. Importing any of them chooses the kernel cache."""

from benchmarks.code_version import use_fresh_kernel_cache

use_fresh_kernel_cache()
