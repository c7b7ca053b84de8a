"""Crafted templates: valid ones with altered fields and columns, sizes and checksum made right again."""
