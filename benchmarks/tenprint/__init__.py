"""Ten-prints: whether fingertips are found and named, and errors of a card noticed."""
