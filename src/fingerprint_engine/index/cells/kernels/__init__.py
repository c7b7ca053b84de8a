"""COMPILED STEPS OF CELLS AND VOTES.

In come sketches as words, lists and votes as columns; out go distances, visits, votes and rows in the caller's arrays.
They must not know prints, galleries or Python objects.
"""
