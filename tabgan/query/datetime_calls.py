"""Functions of datetimes in expressions: `date(start)`, `years(birth, at)`, `hour(at)`.

Days, months and hours are those of a column's own clock, or of the zone that is given.

>>> at = ColumnRef(Column("at", ColumnKind.DATETIME, "datetime64[us]"))
>>> call = DatetimeCall("years", (Text("1970-06-30", 180 * 86_400.0), at))
>>> frame = pd.DataFrame({"at": pd.to_datetime(["2024-06-29", "2024-06-30"])})
>>> call.write(), call.evaluate(ColumnReader(frame)).values.tolist()
("years('1970-06-30', at)", [53.0, 54.0])
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query.calendar_parts import (
    NUMBER_PARTS,
    add_months,
    compute_part,
    join_date,
    months_between,
    years_between,
)
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Call, ColumnRef, Text, Value, ValueType
from tabgan.query.functions import Approximation, exact
from tabgan.schema.arrays import Floats, Objects
from tabgan.schema.column import Column, ColumnKind
from tabgan.schema.text.datetimes.local_time import from_local, to_datetimes, to_local, to_seconds
from tabgan.schema.text.datetimes.tokens import MONTHS

DATETIME, NUMBER, CATEGORY = ValueType.DATETIME, ValueType.NUMBER, ValueType.CATEGORY
MONTH_NUMBERS = {
    name: number + 1.0
    for number, month in enumerate(MONTHS)
    for name in (month.lower(), month[:3].lower())
}

COUNTS: Mapping[str, Callable[[pd.DatetimeIndex, pd.DatetimeIndex], Floats]] = {
    "years": years_between,
    "months": months_between,
}


@dataclass(frozen=True)
class Signature:
    """What a function takes, and what it returns.

    Attributes:
        takes: The types of its values.
        returns: The type of its result.
    """

    takes: tuple[ValueType, ...]
    returns: ValueType = ValueType.NUMBER


SIGNATURES: Mapping[str, tuple[Signature, ...]] = {
    "date": (
        Signature((DATETIME,), DATETIME),
        Signature((NUMBER, NUMBER, NUMBER), DATETIME),
        Signature((NUMBER, CATEGORY, NUMBER), DATETIME),
    ),
    "years": (Signature((DATETIME, DATETIME)),),
    "months": (Signature((DATETIME, DATETIME)),),
    "add_months": (Signature((DATETIME, NUMBER), DATETIME),),
    **{name: (Signature((DATETIME,)), Signature((DATETIME, CATEGORY))) for name in NUMBER_PARTS},
}
USAGE = {
    "date": "date(start) or date(year, month, day)",
    "years": "years(birth, at)",
    "months": "months(start, end)",
    "add_months": "add_months(start, 3)",
    **{name: f"{name}(start) or {name}(start, 'Europe/Berlin')" for name in NUMBER_PARTS},
}


@dataclass(frozen=True)
class DatetimeCall(Call):
    """A function of datetimes, of types that `SIGNATURES` has."""

    @property
    def value_type(self) -> ValueType:
        return SIGNATURES[self.function][0].returns

    def evaluate(self, reader: ColumnReader) -> Approximation:
        first, *others = self.arguments
        if self.function in NUMBER_PARTS:
            zone = others[0].text if others and isinstance(others[0], Text) else None
            return exact(compute_part(self.function, _local(first, reader, zone)))
        if self.function == "date" and others:
            return exact(join_date(*(_numbers(value, reader) for value in self.arguments)))
        if self.function == "date":
            midnight = _local(first, reader).normalize()
            return exact(_to_seconds(midnight, first))
        if self.function == "add_months":
            count = np.broadcast_to(others[0].evaluate(reader).values, len(reader.frame))
            return exact(_to_seconds(add_months(_local(first, reader), count), first))
        start = _local(first, reader, beside=others[0])
        return exact(COUNTS[self.function](start, _local(others[0], reader, beside=first)))


def _column_of(value: Value) -> Column | None:
    datetimes = (c for c in value.columns if c.kind is ColumnKind.DATETIME)
    return next(datetimes, None)


def _local(
    value: Value, reader: ColumnReader, zone: str | None = None, beside: Value | None = None
) -> pd.DatetimeIndex:
    """Return datetimes on the clock of their column, of a column beside them, or of a zone."""
    seconds = np.broadcast_to(value.evaluate(reader).values, len(reader.frame))
    if zone is not None:
        return in_zone(seconds, zone)
    column = _column_of(value) or (None if beside is None else _column_of(beside))
    return to_datetimes(seconds) if column is None else to_local(seconds, column)


def _to_seconds(local: pd.DatetimeIndex, value: Value) -> Floats:
    column = _column_of(value)
    return to_seconds(local) if column is None else from_local(local, column)


def in_zone(seconds: Floats, zone: str) -> pd.DatetimeIndex:
    """Return seconds since 1970 in UTC on the clock of a zone; (n_rows,)."""
    zoned = to_datetimes(seconds).tz_localize("UTC").tz_convert(ZoneInfo(zone))
    return zoned.tz_localize(None)


def check_zone(zone: str) -> str:
    """Return a zone that is known.

    Raises:
        RelationError: It is not.
    """
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise RelationError(
            f"there is no time zone {zone!r} here; give one of the IANA names, such as "
            "'Europe/Berlin', and install the package tzdata if even that is not known."
        ) from None
    return zone


def _numbers(value: Value, reader: ColumnReader) -> Floats:
    """Return numbers, or months of which names are given; (n_rows,)."""
    if value.value_type is NUMBER:
        return np.broadcast_to(value.evaluate(reader).values, len(reader.frame))
    if isinstance(value, ColumnRef):
        names = value.categories(reader)
    else:
        names = np.full(len(reader.frame), value.text if isinstance(value, Text) else None, object)
    return number_months(names)


def number_months(names: Objects) -> Floats:
    """Return the months of which names are given, from 1 on; (n_rows,), NaN for other texts."""
    codes, distinct = pd.factorize(names)
    found = [MONTH_NUMBERS.get(str(name).lower(), np.nan) for name in distinct]
    return np.array([*found, np.nan])[codes]


def check_signature(function: str, arguments: Sequence[Value]) -> None:
    """Check that a function takes values of these types.

    Raises:
        RelationError: It does not.
    """
    types = tuple(argument.value_type for argument in arguments)
    if all(signature.takes != types for signature in SIGNATURES[function]):
        raise RelationError(
            f"{function!r} does not take such values; write it as in {USAGE[function]!r}."
        )
    if function in NUMBER_PARTS and len(arguments) > 1:
        zone = arguments[1]
        if not isinstance(zone, Text):
            raise RelationError(f"the zone of {function!r} is a text; write {USAGE[function]!r}.")
        check_zone(zone.text)
