"""FILES THAT SEVERAL PROCESSES OPEN IN, ONE THAT WRITES OUT.

In comes a file or a folder that another process may be writing to; out goes its lock, or the word that somebody else
has it, and a journal of which no two runs write the lines. Galleries and long runs build on it. The room must not know
what is written.
"""

__all__ = ["journal", "locks"]
