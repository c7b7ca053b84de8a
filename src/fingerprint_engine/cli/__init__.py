"""THE ENGINE AT A PROMPT.

In come words and file names; out go lines for people or JSON for machines, files, and an exit code that a script
can trust. Each command is one file, which declares its own arguments and is imported only when it is named: the help of
the program comes at once. The room holds no algorithm: whatever it can do, the Python API can do too.
"""

from fingerprint_engine.cli.entry import main
from fingerprint_engine.cli.exit_codes import ExitCode

__all__ = ["ExitCode", "main"]
