"""Crafted image files: headers, chunks, palettes, pages and sizes of every codec, with checksums made right."""
