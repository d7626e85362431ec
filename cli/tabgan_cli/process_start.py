"""When this process began: what a time limit counts from."""

import os
import time
from pathlib import Path

MAX_START = 60.0  # seconds; an interpreter that seems older means that the clocks disagree


def process_start() -> float:
    """Return the `time.monotonic()` at which this process began; now, if that cannot be known.

    >>> process_start() <= time.monotonic()
    True
    """
    now = time.monotonic()
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks = int(fields[19])  # "starttime" of proc(5), counted from boot
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return now
    return now - age if 0 <= age < MAX_START else now
