"""Zones of which one may be the clock that a part was read from: one for each rule in common use.

>>> len(known_zones()) == len(set(known_zones())), known_zones()[0]
(True, 'UTC')
"""

from functools import cache

from tabgan.errors import RelationError
from tabgan.query.datetime_calls import check_zone

COMMON_ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Europe/London",
    "America/Los_Angeles", "America/Chicago", "Asia/Kolkata", "Asia/Shanghai",
    "Asia/Tokyo", "America/Sao_Paulo", "Europe/Athens", "Europe/Moscow",
    "Europe/Istanbul", "Australia/Sydney", "America/Denver", "America/Phoenix",
    "America/Halifax", "America/St_Johns", "America/Anchorage", "Pacific/Honolulu",
    "America/Mexico_City", "America/Bogota", "America/Caracas", "America/Santiago",
    "America/Argentina/Buenos_Aires", "Atlantic/Azores", "Africa/Lagos", "Africa/Johannesburg",
    "Africa/Cairo", "Africa/Nairobi", "Asia/Jerusalem", "Asia/Tehran",
    "Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kathmandu",
    "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Australia/Darwin",
    "Australia/Adelaide", "Australia/Brisbane", "Pacific/Auckland",
)  # fmt: skip


@cache
def known_zones() -> tuple[str, ...]:
    """Return those of the common zones that this computer knows, the commonest first."""
    return tuple(zone for zone in COMMON_ZONES if _is_known(zone))


def _is_known(zone: str) -> bool:
    try:
        return check_zone(zone) == zone
    except RelationError:
        return False
