"""What rows are asked for: clauses that hold all at once, and choices of which one has to hold.

>>> old = RowFilter.from_clause("age", Clause(">", 60))
>>> either = RowFilter.any_of([old, RowFilter.from_clause("plan", Clause("=", "plus"))])
>>> RowFilter.all_of([either, RowFilter.from_clause("left", Clause("!=", None))]).write()
'left != None and (age > 60 or plan = plus)'
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tabgan.schema import TableSchema
from tabgan.schema.arrays import Mask
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.float_conversion import value_to_float
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.text import NumberFormats, number_formats, text_array

_PLAIN = {"=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class RowFilter:
    """A condition on rows: clauses and choices, which all have to hold.

    Attributes:
        clauses: By column.
        choices: Groups of filters, of each of which one has to hold.
    """

    clauses: Mapping[Name, Sequence[Clause]] = field(default_factory=dict)
    choices: tuple[tuple["RowFilter", ...], ...] = ()

    @classmethod
    def from_clause(cls, name: Name, clause: Clause) -> "RowFilter":
        """Return the filter of a single clause."""
        return cls({name: [clause]})

    @classmethod
    def all_of(cls, filters: Sequence["RowFilter"]) -> "RowFilter":
        """Return the conjunction of filters, with each clause once."""
        clauses: dict[Name, list[Clause]] = {}
        for part in filters:
            for name, asked in part.clauses.items():
                mine = clauses.setdefault(name, [])
                mine += [clause for clause in asked if clause not in mine]
        return cls(clauses, tuple(choice for part in filters for choice in part.choices))

    @classmethod
    def any_of(cls, filters: Sequence["RowFilter"]) -> "RowFilter":
        """Return the disjunction of filters: one clause if all are on the same column."""
        if len(filters) == 1:
            return filters[0]
        names = {name for part in filters for name in part.clauses}
        if len(names) > 1 or any(part.choices for part in filters):
            return cls(choices=(tuple(filters),))
        (name,) = names
        return cls.from_clause(
            name, Clause("or", tuple(tuple(part.clauses[name]) for part in filters))
        )

    @property
    def is_plain(self) -> bool:
        """Whether it is a conjunction of comparisons, without `!=`."""
        asked = [clause for clauses in self.clauses.values() for clause in clauses]
        return not self.choices and all(clause.operator in _PLAIN for clause in asked)

    @property
    def necessary(self) -> dict[Name, list[Clause]]:
        """Necessary clauses by column.

        Of a choice, they are the disjunction of what its branches ask of a column, if all ask it.
        """
        needed = {name: list(clauses) for name, clauses in self.clauses.items()}
        for choice in self.choices:
            branches = [branch.necessary for branch in choice]
            for name in branches[0]:
                if all(name in branch for branch in branches):
                    asked = tuple(tuple(branch[name]) for branch in branches)
                    needed.setdefault(name, []).append(Clause("or", asked))
        return needed

    def iter_comparisons(self) -> Iterator[tuple[Name, Clause]]:
        """Yield every comparison of a column with a value, wherever it stands."""
        for name, clauses in self.clauses.items():
            for clause in clauses:
                yield from ((name, part) for part in clause.iter_comparisons())
        for choice in self.choices:
            for branch in choice:
                yield from branch.iter_comparisons()

    def check_values(self, schema: TableSchema) -> None:
        """Check that values for columns of numbers and datetimes can be read.

        Raises:
            ConditionError: A value is no number or no datetime.
        """
        for name, clause in self.iter_comparisons():
            column = schema.column(name)
            if column.kind.is_quantitative:
                value_to_float(column, clause.value)

    def read_values(self, schema: TableSchema) -> "RowFilter":
        """Return it with the values that are meant, which depends on the column.

        They are None for the mark of a gap, in columns that have one mark such as `?`, and two
        ends for an interval of numbers or moments.
        """
        clauses = {
            name: [_read_clause(clause, schema.column(name)) for clause in asked]
            for name, asked in self.clauses.items()
        }
        choices = tuple(
            tuple(branch.read_values(schema) for branch in choice) for choice in self.choices
        )
        return RowFilter(clauses, choices)

    def matches(self, frame: pd.DataFrame, schema: TableSchema) -> Mask:
        """Return which rows satisfy it; shape (n_rows,).

        Raises:
            ConditionError: A value is none that its column could hold.
        """
        matched = np.ones(len(frame), bool)
        for name, clauses in self.clauses.items():
            matched &= matches(frame[name], schema.column(name), clauses)
        for choice in self.choices:
            matched &= np.any([branch.matches(frame, schema) for branch in choice], axis=0)
        return matched

    def write(self) -> str:
        """Return it in words for a message."""
        pairs = [(name, clause) for name, clauses in self.clauses.items() for clause in clauses]
        asked = [f"{name} {clause.write()}" for name, clause in pairs]
        chosen = [f"({' or '.join(part.write() for part in choice)})" for choice in self.choices]
        return " and ".join([*asked, *chosen])


def _read_clause(clause: Clause, column: Column) -> Clause:
    if column.kind.is_quantitative:
        clause = clause.read_intervals()
    formats = number_formats(column) if column.kind is ColumnKind.PATTERN else None
    if formats is not None:
        clause = _write_amounts(clause, formats)
    marks = column.missing_marks
    return clause.read_marks(marks) if len(marks) == 1 else clause


def _write_amounts(clause: Clause, formats: NumberFormats) -> Clause:
    """Return a clause on amounts with those that it names as they stand in the table.

    >>> _write_amounts(Clause("!=", "2 GB"), NumberFormats.from_text("0 MB | 0.0 GB"))
    Clause(operator='!=', value='2.0 GB')
    """
    if clause.operator == "or":
        branches = [tuple(_write_amounts(each, formats) for each in b) for b in clause.value]
        return Clause("or", tuple(branches))
    if clause.operator not in ("=", "!=") or not isinstance(clause.value, str):
        return clause
    written = formats.write(*formats.parse(text_array(pd.Series([clause.value], dtype=object))))
    return Clause(clause.operator, written[0] or clause.value)
