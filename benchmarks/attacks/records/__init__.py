"""Crafted exchange files: transactions, records, lists; lengths and counts are made right."""
