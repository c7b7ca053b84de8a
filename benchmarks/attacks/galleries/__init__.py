"""Crafted galleries: every file of a sound one altered by its structure, all checksums and digests made right."""
