"""Memory that is free, the share of it that a fit takes, and sizes as people write them.

>>> parse_size("2GB"), format_size(1_500_000_000)
(2000000000, '1.5 GB')
"""

import os
import re
from pathlib import Path

from tabgan.errors import SettingError

DEFAULT_SHARE = 0.5  # of the free memory that a fit may take without a limit of its own
DEFAULT_FREE = 4 * 10**9  # bytes, where the system does not say what is free
UNITS = ("", "K", "M", "G", "T")  # each a thousand times the one before
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(I?B?)\s*", re.IGNORECASE)
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def parse_size(text: str) -> int:
    """Return the bytes that `2GB`, `500 MB`, `1.5GiB` or a plain number stand for.

    Raises:
        SettingError: The text is none of these, or 0.
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


def format_size(n_bytes: float) -> str:
    """Write bytes as people read them: `1.5 GB`."""
    for power, unit in reversed(list(enumerate(UNITS))):
        if n_bytes >= 1_000**power:
            return f"{n_bytes / 1_000**power:.3g} {unit}B"
    return "0 B"


def default_memory_limit() -> int:
    """Return the bytes that a fit may take without a limit of its own: a share of what is free."""
    return int(DEFAULT_SHARE * _free_bytes())


def _free_bytes() -> int:
    """Return the free bytes of the machine, or of the container if that has less."""
    free = [_read_meminfo(), *(_read_cgroup(*paths) for paths in _CGROUPS)]
    known = [size for size in free if size is not None and size > 0]
    return min(known, default=DEFAULT_FREE)


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
    """Return the bytes that a container has left, by the files of its limit and its use."""
    try:
        total, taken = (int(Path(path).read_text(encoding="ascii")) for path in (limit, used))
    except (OSError, ValueError):  # none, or the word max
        return None
    return total - taken
