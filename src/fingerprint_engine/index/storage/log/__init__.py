"""THE LOG OF A GALLERY: what changed since the last segment was made, in frames that form a chain.

In come changes, which are on the disk when a call returns; out they come again in their order, or what is missing or
damaged is named. Knows no segments.
"""

__all__ = ["details_format", "follows", "frames", "head", "log_file", "records", "replay", "salvage"]
