"""Searches of large galleries: what they find, how fast, and that nothing is lost."""
