"""SEGMENTS OF A GALLERY: blocks of prints as columns in files that never change.

In come prints of any blocks, out comes a file; in comes a file, out comes a block that is mapped and read as needed.
What a file says is believed after it was looked at: its table always, all of it unless this installation made it.
"""

__all__ = ["content_check", "segment", "segment_format", "segment_writer", "structure_check"]
