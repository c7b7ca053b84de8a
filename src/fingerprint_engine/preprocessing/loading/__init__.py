"""FILES IN, GREY PIXELS OF KNOWN RESOLUTION OUT.

In come files or arrays; out go `FingerprintImage` objects, made grey and dark-ridged by rules that the caller states.
"""

__all__ = [
    "codecs",
    "grey",
    "load",
    "pillow_codec",
    "polarity",
    "rules",
    "wsq_blocks",
    "wsq_codec",
]
