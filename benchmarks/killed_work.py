"""Work in a process of its own that is killed, as a power cut would end it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable


def kill_during(work: Callable[[], object], after_s: float) -> None:
    """Let a copy of this process work, and kill it after so many seconds, done or not."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
