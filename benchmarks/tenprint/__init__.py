"""Ten-prints: are fingertips found and named, and errors of a card noticed?"""
