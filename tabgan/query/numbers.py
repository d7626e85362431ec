"""How numbers and durations are written in relations."""

from collections.abc import Mapping

UNITS: Mapping[str, float] = {"day": 86_400.0, "hour": 3_600.0, "minute": 60.0, "second": 1.0}


def write_number(number: float) -> str:
    """Return the shortest text that is read back as the same number.

    >>> write_number(-3.0), write_number(0.25)
    ('-3', '0.25')
    """
    return repr(float(number)).removesuffix(".0")


def write_duration(seconds: float) -> str:
    """Return a duration without its sign, in the longest unit of which it is a whole number.

    >>> write_duration(-7_200.0), write_duration(1.5)
    ('2 hours', '1.5 seconds')
    """
    size = abs(float(seconds))
    for unit, length in UNITS.items():
        if size % length == 0 or length == 1:
            count = size / length
            return f"{write_number(count)} {unit}{'' if count == 1 else 's'}"
    return write_number(size)
