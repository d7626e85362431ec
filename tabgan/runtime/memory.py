"""How much memory there is, what a fit is allowed of it, and sizes as people write them.

>>> read_size("2GB"), write_size(1_500_000_000)
(2000000000, '1.5 GB')
"""

import os
import re
from pathlib import Path

from tabgan.errors import SettingError

SHARE = 0.5  # of the memory that is free: what a fit takes if it is not told otherwise
UNKNOWN_MEMORY = 4 * 10**9  # where the system does not say what is free
UNITS = ("", "K", "M", "G", "T")  # each a thousand times the one before
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(I?B?)\s*", re.IGNORECASE)
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def read_size(text: str) -> int:
    """Read `2GB`, `500 MB`, `1.5GiB` or plain bytes.

    Raises:
        SettingError: It is none of these, or nothing.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise SettingError(f"{text!r} is no size of memory; give one such as 2GB or 500MB.")
    number, unit, ending = match.groups()
    base = 1_024 if ending.upper().startswith("I") else 1_000
    size = int(float(number) * base ** UNITS.index(unit.upper()))
    if not size:
        raise SettingError(f"{text!r} of memory is none; give more than 0.")
    return size


def write_size(n_bytes: float) -> str:
    """Write bytes as people read them."""
    for power, unit in reversed(list(enumerate(UNITS))):
        if n_bytes >= 1_000**power:
            return f"{n_bytes / 1_000**power:.3g} {unit}B"
    return "0 B"


def find_limit() -> int:
    """Return the bytes that a fit may take if it is not told otherwise: a share of what is free."""
    return int(SHARE * _find_free())


def _find_free() -> int:
    """Return the free bytes of the machine, or of the container that this runs in."""
    free = [_read_meminfo(), *(_read_cgroup(*paths) for paths in _CGROUPS)]
    known = [size for size in free if size is not None and size > 0]
    return min(known, default=UNKNOWN_MEMORY)


def _read_meminfo() -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        return int(text.split("MemAvailable:")[1].split()[0]) * 1_024
    except (OSError, IndexError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _read_cgroup(limit: str, used: str) -> int | None:
    try:
        most, now = (int(Path(path).read_text(encoding="ascii")) for path in (limit, used))
    except (OSError, ValueError):  # none, or the word max
        return None
    return most - now
