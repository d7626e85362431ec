"""What a model file holds of the table as it stands there: counted, and in words.

>>> Holding("levels", 12, least_rows=6).text, Holding("ends", shown="0 to 99").text
('12 levels, each of 6 rows or more', 'ends 0 to 99')
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_SHOWN = 120  # characters of what is shown


@dataclass(frozen=True)
class Holding:
    """One sort of things that are held of a column, or of a relation.

    Attributes:
        what: Its name, in the plural.
        count: How many there are; None of what is shown as a whole.
        least_rows: Rows that the rarest of them stands in; None where that is not counted.
        shown: The things themselves, where they are few.
    """

    what: str
    count: int | None = None
    least_rows: int | None = None
    shown: str | None = None

    @property
    def text(self) -> str:
        """Such as `12 levels, each of 6 rows or more`."""
        words = self.what if self.count is None else f"{self.count:,} {self.what}"
        if self.shown is not None:
            is_long = len(self.shown) > MAX_SHOWN
            words += f" {self.shown[:MAX_SHOWN]}" + "..." * is_long
        if self.least_rows is not None:
            words += f", each of {self.least_rows:,} rows or more"
        return words

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of it as JSON-able values."""
        return {name: value for name, value in vars(self).items() if value is not None}


def hold_numbers(ends: str, n_spikes: int, n_quantiles: int) -> tuple[Holding, ...]:
    """Return what is held of a column of numbers."""
    counted = [("frequent values", n_spikes), ("quantiles", n_quantiles)]
    return (Holding("ends", shown=ends), *(Holding(what, n) for what, n in counted if n))


def join_holdings(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """Return things of one name as one, counted together and shown one after another.

    >>> [one.text for one in join_holdings([Holding("levels", 3, 9), Holding("levels", 2, 7)])]
    ['5 levels, each of 7 rows or more']
    """
    joined: dict[str, Holding] = {}
    for one in holdings:
        before = joined.get(one.what, Holding(one.what))
        counts, least = ([getattr(h, n) for h in (before, one)] for n in ("count", "least_rows"))
        joined[one.what] = Holding(
            one.what,
            None if counts == [None, None] else sum(filter(None, counts)),
            min((rows for rows in least if rows is not None), default=None),
            "; ".join(filter(None, (before.shown, one.shown))) or None,
        )
    return tuple(joined.values())


class Holder:
    """Something fitted to a table, of which it holds some."""

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What it holds of the table."""
        return ()
