"""Conditions on rows, of `--where` and of `where=`: as text, or as a mapping.

A text is one clause or several.

- One clause is `COLUMN OP VALUE` or `LOW <= COLUMN < HIGH`, with OP one of = != < <= > >=. The
  longest known name that the text starts with is the column, and all that follows its operator is
  the value, be it `>50K`, `Bank transfer (automatic)` or `Black and Decker` (`one_clause.py`).
- Several are joined by `and` and `or`, with `not`, brackets, `COLUMN in (A, B)` and `COLUMN
  missing` (`parser.py`). Values with spaces, words or signs stand in quotes, or are refused.

A text is several clauses if it begins with `not` or a bracket, cannot be read as one, or has `and`
or `or` before a comparison, as in `x=a or b>1`.

In both, names and values can stand in '...' or "...", where the quote is doubled to mean itself.
Words of SQL are read in both: `COLUMN between A and B`, `COLUMN is null`, `==` and `<>`, and `AND`,
`OR`, `NOT` and `IN` in capitals.

`COLUMN=` asks for missing values, `COLUMN!=` for all others, `COLUMN=""` for empty text.

>>> read_where("30<=age<40", ["age", "income"]).clauses
{'age': [Clause(operator='>=', value='30'), Clause(operator='<', value='40')]}
>>> read_where(["income=>50K", "age!=30 or not income in (a, b)"], ["age", "income"]).write()
'income = >50K and (age != 30 or income != a and income != b)'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tabgan.errors import ConditionError
from tabgan.query import syntax
from tabgan.query.mapping import read_mapping, show_value
from tabgan.query.one_clause import USAGE, parse_one_clause
from tabgan.query.parser import parse_condition
from tabgan.query.row_filter import RowFilter
from tabgan.schema import close_names
from tabgan.schema.column import Name
from tabgan.schema.predicates import MIRRORED, NEGATED, Clause

Where = Mapping[Any, Any] | str | Sequence[str]


def read_where(where: object, names: Sequence[Name]) -> RowFilter:
    """Return what is asked of the columns of a table.

    Args:
        where: A text, a list of texts that all hold, or a mapping as of `mapping.py`.
        names: Of the columns.

    Raises:
        ConditionError: It cannot be read, or names no known column.
    """
    if isinstance(where, str):
        return _read_text(where, names)
    if isinstance(where, Mapping):
        for name in where:
            if name not in names:
                raise ConditionError(f"there is no column {name!r}; {close_names(name, names)}.")
        return read_mapping(where)
    if isinstance(where, Sequence) and all(isinstance(text, str) for text in where):
        return RowFilter.all_of([_read_text(text, names) for text in where])
    raise ConditionError(
        f"where={show_value(where)} is no mapping and no text; give one such as "
        "{'age': ('>=', 65)} or 'age>=65', which every row then satisfies" + _advise(where) + "."
    )


def _advise(where: object) -> str:
    """Return what to do with rows that are given in the place of a condition."""
    if hasattr(where, "columns"):
        return (
            "; a table cannot be a condition, and rows of which some values are given cannot be "
            "completed by it"
        )
    if isinstance(where, Sequence) and any(isinstance(part, Mapping) for part in where):
        return "; of several mappings, draw rows for one after the other"
    return ""


def _read_text(text: str, names: Sequence[Name]) -> RowFilter:
    tree = parse_one_clause(text.strip(), names) or parse_condition(text, names)
    return _FilterBuilder(text.strip(), names).build(tree)


@dataclass(frozen=True)
class _FilterBuilder:
    """Turns the tree of a text into a filter.

    Attributes:
        text: For messages.
        names: Of the table's columns, for messages.
    """

    text: str
    names: Sequence[Name]

    def build(self, node: syntax.Node, *, negated: bool = False) -> RowFilter:
        """Return the filter that a tree, or its negation, is: `not` is moved to the comparisons.

        That is right for missing cells, too, which satisfy neither a comparison nor its negation.
        """
        match node:
            case syntax.Not(operand):
                return self.build(operand, negated=not negated)
            case syntax.BoolOp(word, operands):
                parts = [self.build(operand, negated=negated) for operand in operands]
                return _join(parts, is_all=(word == "and") != negated)
        name, clauses = self._read_clauses(node)
        if negated:
            clauses = [Clause(NEGATED[clause.operator], clause.value) for clause in clauses]
        is_all = isinstance(node, syntax.Membership) == negated
        return _join([RowFilter.from_clause(name, clause) for clause in clauses], is_all=is_all)

    def _read_clauses(self, node: syntax.Node) -> tuple[Name, list[Clause]]:
        """Return the column and the clauses of a comparison, a membership or a missing value."""
        match node:
            case syntax.Membership(operand, options):
                clauses = [Clause("=", _text_of(option)) for option in options]
                return self._column_name(operand), clauses
            case syntax.Missing(operand):
                return self._column_name(operand), [Clause("=", None)]
            case syntax.Comparison(operands, operators):
                return self._read_comparison(operands, operators)
        raise ConditionError(f"the condition {self.text!r} has no operator; {USAGE}.")

    def _read_comparison(
        self, operands: Sequence[syntax.Value], operators: Sequence[str]
    ) -> tuple[Name, list[Clause]]:
        """Return the column and the clauses of `age>3`, `3<age` or `3<age<9`."""
        if len(operators) > 2:
            raise ConditionError(
                f"the condition {self.text!r} has a chain of {len(operators)} comparisons; compare "
                "a column with one value, or with two as in 30<=age<40."
            )
        if len(operators) == 1:
            (first, second), (sign,) = operands, operators
            if isinstance(first, syntax.ColumnName) or not isinstance(second, syntax.ColumnName):
                return self._column_name(first), [Clause(sign, _text_of(second))]
            return second.name, [Clause(MIRRORED[sign], _text_of(first))]
        low, column, high = operands
        if operators[0][0] != operators[1][0] or operators[0][0] not in "<>":
            raise ConditionError(
                f"the condition {self.text!r} has {operators[1]!r} after {operators[0]!r}; "
                "the two sides of a range point the same way, as in 30<=age<40."
            )
        clauses = [Clause(MIRRORED[operators[0]], _text_of(low))]
        return self._column_name(column), [*clauses, Clause(operators[1], _text_of(high))]

    def _column_name(self, value: syntax.Value) -> Name:
        if isinstance(value, syntax.ColumnName):
            return value.name
        guess = _text_of(value)
        raise ConditionError(
            f"there is no column {guess!r} for the condition {self.text!r}; "
            f"{close_names(guess, self.names)}, and values with spaces, words or signs stand in "
            "quotes."
        )


def _join(parts: Sequence[RowFilter], *, is_all: bool) -> RowFilter:
    return RowFilter.all_of(parts) if is_all else RowFilter.any_of(parts)


def _text_of(value: syntax.Value) -> str:
    """Return a value as text, which may be a column's name where no column is meant."""
    if isinstance(value, syntax.ColumnName):
        return str(value.name)
    return value.text if isinstance(value, syntax.Text) else ""
