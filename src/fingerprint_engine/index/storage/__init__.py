"""A GALLERY ON DISK: a manifest, segments that never change and a log of what came since; files that lose nothing.

In come changes, acknowledged once they are durable; out come the blocks of prints that a search looks at. Knows no
searches and no scores.
"""

__all__ = [
    "check",
    "compaction",
    "details_format",
    "durable_files",
    "folder",
    "folder_lock",
    "log_file",
    "log_format",
    "manifest",
    "reading",
    "repair",
    "segment",
    "segment_format",
    "segment_writer",
]
