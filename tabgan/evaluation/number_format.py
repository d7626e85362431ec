"""How figures are written wherever they are read: in verdicts, in a terminal, on a page."""


def number(value: float, unit: str = "") -> str:
    """Return a figure of four digits, or more where it has no decimals, and its unit.

    >>> number(0.5), number(2.5, "%"), number(123456.7), number(0.0)
    ('0.5000', '2.500 %', '123,457', '0')
    """
    return f"{_digits(value, 4)} {unit}".rstrip()


def signed(value: float) -> str:
    """Return a difference of two digits, or more where it has no decimals, with its sign.

    >>> signed(0.2), signed(-1234.5)
    ('+0.20', '-1,234')
    """
    return ("+" if value > 0 else "") + _digits(value, 2)


def interval(low: float, high: float) -> str:
    """Return both ends of an interval of a difference.

    >>> interval(-0.001, 0.02)
    '-0.0010 to +0.020'
    """
    return f"{signed(low)} to {signed(high)}"


def percentage(share: float) -> str:
    """Return percents as a reader would say them.

    >>> percentage(0.042), percentage(3.54), percentage(100.0), percentage(0.0)
    ('0.042 %', '3.5 %', '100 %', '0 %')
    """
    return f"{share:.2g} %" if share < 1 else f"{round(share, 1):g} %"


def _digits(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:#.{digits}g}".rstrip(".")
