"""CRAFTED INPUT AGAINST EVERY PUBLIC ENTRY: what an adversary writes keeps its structure, and its checksums are right.

Crafters make inputs from sound ones by the tables of `docs/formats.md`; doors are the entries through which they go;
`trial` judges what comes out, in a child process that may crash, hang or run out of memory.
"""
