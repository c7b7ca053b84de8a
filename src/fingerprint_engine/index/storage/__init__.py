"""A GALLERY ON DISK: a manifest, segments that never change and a log of what came since; files that lose nothing.

In come changes, acknowledged once they are durable; out come the blocks of prints that a search looks at. Knows no
searches and no scores.
"""

__all__ = [
    "check",
    "compaction",
    "durable_files",
    "file_header",
    "folder",
    "folder_lock",
    "log",
    "manifest",
    "manifest_format",
    "measurements",
    "opening",
    "ownership",
    "reading",
    "repair",
    "sealed_segments",
    "segments",
    "template_check",
]
