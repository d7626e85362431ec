"""Shares that values of columns shall have in a sample, as users write them.

A mapping of columns to mappings of what is asked of them, as of `mapping.py`, to shares; or texts,
a clause of `--where` each and its share, as `city=Bonn:0.5`, `30<=age<65:20%`. Shares of a column
that do not add up to 1 leave the rest to its other values. What a value falls under first counts:
`age<30:0.4` and `age<65:0.4` are those below 30, and those from 30 to 65.

>>> shares = read_shares({"city": {"Bonn": 0.5, "Ulm": 0.25}}, ["city", "age"])["city"]
>>> [(part.share, part.clauses[0].write()) for part in shares.parts]
[(0.5, '= Bonn'), (0.25, '= Ulm')]
>>> shares.rest
0.25
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tabgan.errors import ConditionError, SettingError
from tabgan.query.mapping import read_mapping, show_value
from tabgan.query.where import read_where
from tabgan.schema import close_names
from tabgan.schema.column import Name
from tabgan.schema.predicates import NEGATED, Clause

Shares = Mapping[Any, Mapping[Any, float]] | str | Sequence[str]
TOLERANCE = 1e-6  # of their sum: thirds are written with some decimals
USAGE = "{'city': {'Bonn': 0.5}} or 'city=Bonn:0.5'"


@dataclass(frozen=True)
class Share:
    """A share of the rows, and what they satisfy.

    Attributes:
        clauses: On one column, which all hold.
        share: From 0 to 1.
        own: Those of the clauses that users wrote; the others leave out what comes before.
    """

    clauses: tuple[Clause, ...]
    share: float
    own: tuple[Clause, ...] = ()

    @property
    def text(self) -> str:
        """What users wrote, without the column."""
        return " and ".join(clause.write() for clause in self.own or self.clauses)


@dataclass(frozen=True)
class ColumnShares:
    """Shares that are asked for in one column.

    Attributes:
        name: Of the column.
        parts: What is asked, no cell satisfying two of them.
        rest: Share of all other cells.
    """

    name: Name
    parts: tuple[Share, ...]
    rest: float

    @classmethod
    def of(cls, name: Name, asked: Iterable[Share]) -> "ColumnShares":
        """Return what is asked of a column.

        Raises:
            SettingError: The shares add up to more than 1, or one thing is given two.
        """
        parts: list[Share] = []
        given: list[tuple[Clause, ...]] = []
        for each in asked:
            if each.clauses in given:
                raise SettingError(f"{name!r} is given two shares of the same; leave out one.")
            is_gap = any(clause.is_missing for clause in each.clauses)  # in no range
            others = [] if is_gap else given
            if _is_value(each.clauses):
                others = [own for own in others if not _is_value(own)]
            earlier = [clause for own in others for clause in exclude(own)]
            given.append(each.clauses)
            parts.append(Share((*each.clauses, *earlier), each.share, each.clauses))
        total = math.fsum(part.share for part in parts)
        if total > 1 + TOLERANCE:
            has_ranges = not all(map(_is_value, given))
            advice = (
                "a row counts for the first that it falls under, so give of each range only what "
                "those before it leave"
                if has_ranges
                else "what is left goes to its other values"
            )
            raise SettingError(
                f"the shares of the column {name!r} add up to {total:.6g}; give 1 at the most: "
                f"{advice}."
            )
        rest = 1 - total
        return cls(name, tuple(parts), 0.0 if rest < TOLERANCE else rest)

    def ask_rest(self, *, may_miss: bool) -> tuple[Clause, ...]:
        """Return what all other cells satisfy, gaps among them if the column may miss any."""
        others = tuple(clause for part in self.parts for clause in exclude(part.clauses))
        names_gap = any(c.allows_missing for part in self.parts for c in part.clauses)
        if names_gap or not may_miss:
            return others
        return (Clause("or", (others, (Clause("=", None),))),)


def _is_value(clauses: Sequence[Clause]) -> bool:
    return all(clause.operator == "=" for clause in clauses)


def exclude(clauses: Sequence[Clause]) -> list[Clause]:
    """Return the clauses of cells that do not satisfy all of some."""
    negated = [tuple(_negate(clause)) for clause in clauses]
    return list(negated[0]) if len(negated) == 1 else [Clause("or", tuple(negated))]


def _negate(clause: Clause) -> list[Clause]:
    if clause.operator == "or":
        return [each for branch in clause.value for each in exclude(branch)]
    return [Clause(NEGATED[clause.operator], clause.value)]


def read_shares(shares: object, names: Sequence[Name]) -> dict[Name, ColumnShares]:
    """Return the shares that are asked for, by column.

    Args:
        shares: A mapping, a text or several.
        names: Of the table's columns.

    Raises:
        SettingError: They cannot be read, are no shares, or add up to more than 1.
        ConditionError: A column is unknown, or what is asked of one is no condition.
    """
    asked: dict[Name, list[Share]] = {}
    if isinstance(shares, Mapping):
        for name, own in shares.items():
            if name not in names:
                raise ConditionError(f"there is no column {name!r}; {close_names(name, names)}.")
            if not isinstance(own, Mapping) or not own:
                raise SettingError(f"shares of {name!r} are written as {USAGE}.")
            asked[name] = [_read_entry(name, *entry) for entry in own.items()]
    else:
        texts = [shares] if isinstance(shares, str) else shares
        if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
            raise SettingError(f"shares={show_value(shares)} are none; write {USAGE}.")
        for text in texts:
            name, share = _read_text(text, names)
            asked.setdefault(name, []).append(share)
    return {name: ColumnShares.of(name, own) for name, own in asked.items()}


def _read_entry(name: Name, value: Any, share: object) -> Share:
    is_range = isinstance(value, tuple) and all(isinstance(part, tuple) for part in value)
    clauses = read_mapping({name: list(value) if is_range else value}).clauses[name]
    return Share(tuple(clauses), _check_share(share, f"{value!r} in {name!r}"))


def _read_text(text: str, names: Sequence[Name]) -> tuple[Name, Share]:
    clause, colon, written = text.rpartition(":")
    if not colon:
        raise SettingError(f"the share {text!r} has no number; write it as city=Bonn:0.5.")
    asked = read_where(clause, names)
    if len(asked.clauses) != 1 or asked.choices:
        raise SettingError(
            f"the share {text!r} is of several columns; ask for one, as in city=Bonn:0.5, and "
            "give others shares of their own."
        )
    ((name, clauses),) = asked.clauses.items()
    try:
        share = read_share(written)
    except ValueError:
        raise SettingError(
            f"the share {written!r} of {text!r} is no number; write it as city=Bonn:0.5."
        ) from None
    return name, Share(tuple(clauses), _check_share(share, repr(clause)))


def read_share(text: str) -> float:
    """Return a share as people write it: a number, or percents.

    Raises:
        ValueError: It is none.

    >>> read_share("0.5"), read_share("50%"), read_share("150 %")
    (0.5, 0.5, 1.5)
    """
    number = text.strip()
    is_percent = number.endswith("%")
    share = float(number.removesuffix("%")) / (100 if is_percent else 1)
    if not math.isfinite(share):
        raise ValueError(text)
    return share


def _check_share(share: object, what: str) -> float:
    is_number = isinstance(share, int | float) or hasattr(share, "__float__")
    number = float(share) if is_number and not isinstance(share, bool) else math.nan  # type: ignore[arg-type]
    if not 0 <= number <= 1:
        raise SettingError(
            f"the share {show_value(share)} of {what} is none; give one from 0 to 1."
        )
    return number
