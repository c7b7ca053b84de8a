"""FILES IN, GREY PIXELS OF KNOWN RESOLUTION OUT.

In come files or arrays; out go `FingerprintImage` objects, made grey and dark-ridged by rules that the caller states.
"""

__all__ = [
    "codec_port",
    "codec_registry",
    "grey",
    "load",
    "marker_segments",
    "pillow_codec",
    "polarity",
    "rules",
    "wsq_blocks",
    "wsq_codec",
    "wsq_process",
]
