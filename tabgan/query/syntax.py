"""What was typed, as a tree that knows no types: what the parser makes and others match on.

>>> Comparison((ColumnName("age"), Number(18.0)), (">=",))
Comparison(operands=(ColumnName(name='age'), Number(value=18.0)), operators=('>=',))
"""

from dataclasses import dataclass, field

from tabgan.schema.column import Name

TRUTH_VALUES = {"true", "false"}  # texts, even without quotes


@dataclass(frozen=True)
class Node:
    """Any part of the tree.

    Attributes:
        n_tokens: Of a whole relation, how many it was read from.
        has_brackets: Of a whole relation, whether there are any: then it is no chain and no sum.
    """

    n_tokens: int = field(default=0, compare=False, repr=False, kw_only=True)
    has_brackets: bool = field(default=False, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Value(Node):
    """What can be compared."""

    @property
    def column_names(self) -> tuple[Name, ...]:
        """The columns that it is a list of; none if it is anything else."""
        return ()


@dataclass(frozen=True)
class ColumnName(Value):
    """A column of the table."""

    name: Name

    @property
    def column_names(self) -> tuple[Name, ...]:
        return (self.name,)


@dataclass(frozen=True)
class Number(Value):
    """A number without a sign: `18`."""

    value: float


@dataclass(frozen=True)
class Text(Value):
    """A text: `'Ulm'`."""

    text: str


@dataclass(frozen=True)
class Duration(Value):
    """A span of time: `30 days`."""

    seconds: float


@dataclass(frozen=True)
class Rest(Value):
    """`rest`: what varies beside the other terms of a sum."""


@dataclass(frozen=True)
class Negative(Value):
    """A value with a minus before it."""

    operand: Value


@dataclass(frozen=True)
class Arithmetic(Value):
    """Values calculated with from left to right: `a + b - 2`, or `2 * a / b`.

    Attributes:
        first: The leftmost.
        others: Signs and what follows them; all of them + and -, or all *, /, // and %, or one **.
    """

    first: Value
    others: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Concatenation(Value):
    """Texts one behind the other: `first || ' ' || last`."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Call(Value):
    """A function of values: `round(a / b, 2)`."""

    function: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True)
class Case(Value):
    """`case when a < 2 then 'few' else 'many' end`, or `case a when 1 then 'one' end`.

    Attributes:
        branches: What is asked for, and the result there: a condition, or a value that `operand`
            has; None for a missing result.
        otherwise: The result in all other rows.
        operand: What is compared with each branch's value; None if they have conditions.
    """

    branches: "tuple[tuple[Node, Value | None], ...]"
    otherwise: Value | None
    operand: Value | None = None


@dataclass(frozen=True)
class Flag(Value):
    """A condition whose truth is the value: `(balance < 0)`."""

    condition: "Condition"


@dataclass(frozen=True)
class NameList(Value):
    """Columns of which all are meant: `a, b`."""

    names: tuple[Name, ...]

    @property
    def column_names(self) -> tuple[Name, ...]:
        return self.names


# Conditions


@dataclass(frozen=True)
class Condition(Node):
    """What is true or not."""


@dataclass(frozen=True)
class Comparison(Condition):
    """`age >= 18`, or a chain of comparisons, `18 <= age < 65`.

    Attributes:
        operands: What is compared.
        operators: Between them, `=` for `==`; one fewer.
    """

    operands: tuple[Value, ...]
    operators: tuple[str, ...]

    @property
    def right_side(self) -> Value:
        """What stands after the first operator, such as the flag in `overdrawn = balance < 0`."""
        if len(self.operators) == 1:
            return self.operands[1]
        return Flag(Comparison(self.operands[1:], self.operators[1:]))


@dataclass(frozen=True)
class Membership(Condition):
    """`city in ('Ulm', 'Bonn')`."""

    operand: Value
    options: tuple[Value, ...]


@dataclass(frozen=True)
class Missing(Condition):
    """`age missing`."""

    operand: Value


@dataclass(frozen=True)
class Not(Condition):
    """What is true where another condition is false."""

    operand: Condition


@dataclass(frozen=True)
class BoolOp(Condition):
    """Conditions of which all (`and`) or at least one (`or`) must be true."""

    word: str
    operands: tuple[Condition, ...]


# Forms that only relations have
