"""How large a template can be: the limits of its parts, and of all together."""

from __future__ import annotations

MAX_MINUTIAE, MAX_POINTS, MAX_NAME_BYTES = 255, 127, 255
"""What the counts in the header can say."""
MAX_CELLS = 13_000
"""Chosen: cells of 16 px in the coarse map, 4 by 3.3 inches. A rolled finger has 2,400, four fingers together 9,000."""
MAX_TEMPLATE_BYTES = 32_768
"""Chosen: a template whose every part is as large as it can be has 31,900; plain prints have 2,000 to 4,000,
rolled ones 6,000 to 15,000."""
SOURCE_PPI_RANGE = (125.0, 4000.0)
"""Resolutions that images may have."""
