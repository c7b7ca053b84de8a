"""The version of the package and the name it is installed by, the only place that states them."""

__version__ = "0.1.0"
DISTRIBUTION = "fingerprint-matching-engine"
"""Its name on the package index; on it, `fingerprint-engine` is another project."""
