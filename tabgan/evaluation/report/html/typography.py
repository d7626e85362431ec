"""How figures are typeset on a page: a true minus sign, a dash for the unknown, short axes."""

from tabgan.evaluation import number_format

UNKNOWN = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
POWERS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def number(value: float | None, unit: str = "") -> str:
    """Return a figure and its unit, or a dash."""
    return UNKNOWN if value is None else number_format.number(value, unit).replace("-", MINUS)


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return number_format.signed(value).replace("-", MINUS)


def interval(low: float | None, high: float | None) -> str:
    """Return both ends of an interval; nothing where it is not known."""
    return "" if low is None or high is None else f"{signed(low)} to {signed(high)}"


def percent(share: float) -> str:
    """Return a share of one in percent.

    >>> percent(0.0312), percent(0.0)
    ('3.1 %', '0 %')
    """
    return f"{100 * share:.{0 if share in {0, 1} else 1}f} %"


def compact(value: float) -> str:
    """Return a number as it stands at an axis.

    >>> compact(1_250_000), compact(12_000), compact(2024), compact(0.25), compact(1.5e20)
    ('1.25M', '12k', '2024', '0.25', '1.5e+20')
    """
    power, letter = 1.0, ""
    if 10_000 <= abs(value) < 1e15:
        power, letter = next((p, letter) for p, letter in POWERS if abs(value) >= p)
    digits = 6 if 1e-3 <= abs(value) < 1e15 else 2
    return f"{value / power:.{digits}g}{letter}".replace("-", MINUS)
