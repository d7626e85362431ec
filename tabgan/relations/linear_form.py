"""Linear forms as they are typed: `total = fare + tip + rest`, `y = 2.5 * x - 3`, `b = a + 2 days`.

>>> from tabgan.query.parser import parse_relation
>>> form = read_linear(parse_relation("y = 3 - 2 * x", ["x", "y"]))
>>> form.terms, form.constant, write_linear(form)
(((-2.0, 'x'),), 3.0, 'y = 3 - 2 * x')
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tabgan.query import syntax
from tabgan.query.numbers import write_duration, write_number
from tabgan.query.tokens import write_name
from tabgan.schema.column import Name


@dataclass(frozen=True)
class LinearForm:
    """A column as a sum of others, each times a factor, and a constant.

    Attributes:
        dependent: Name of the column before `=`.
        terms: Factors and names of columns.
        constant: Numbers summed up, durations in seconds.
        has_rest: Whether `rest` is among the terms: what varies beside them.
    """

    dependent: Name
    terms: tuple[tuple[float, Name], ...]
    constant: float = 0.0
    has_rest: bool = False

    @property
    def is_plain_sum(self) -> bool:
        """Whether it is of several terms without a factor, each added or subtracted."""
        return len(self.terms) > 1 and all(abs(factor) == 1 for factor, _ in self.terms)


def read_linear(tree: syntax.Node) -> LinearForm | None:
    """Return the linear form that a relation is, with at least one term; None if it is none."""
    match tree:
        case syntax.Comparison((syntax.ColumnName(dependent), value), ("=",), has_brackets=False):
            summands = list(_iter_summands(value))
        case _:
            return None
    terms: list[tuple[float, Name]] = []
    constant, has_rest = 0.0, False
    for sign, item in summands:
        match item:
            case syntax.Rest():
                has_rest = True
            case syntax.Number(number) | syntax.Duration(number):
                constant += sign * number
            case _:
                term = _read_term(item)
                if term is None:
                    return None
                terms.append((sign * term[0], term[1]))
    return LinearForm(dependent, tuple(terms), constant, has_rest) if terms else None


def _iter_summands(value: syntax.Value) -> Iterator[tuple[float, syntax.Value]]:
    """Yield the values that are added up, each with its sign, 1 or -1."""
    if not isinstance(value, syntax.Arithmetic) or value.others[0][0] not in "+-":
        yield _split_sign(value)
        return
    yield _split_sign(value.first)
    for sign, other in value.others:
        yield (-1.0 if sign == "-" else 1.0), other


def _split_sign(value: syntax.Value) -> tuple[float, syntax.Value]:
    """Return the sign of a leading value, and the value without it: of `-2 * x`, -1 and `2 * x`."""
    match value:
        case syntax.Negative(operand):
            return -1.0, operand
        case syntax.Arithmetic(syntax.Negative(operand), others):
            return -1.0, syntax.Arithmetic(operand, others)
    return 1.0, value


def _read_term(item: syntax.Value) -> tuple[float, Name] | None:
    """Return the factor and the column of `x`, `2 * x`, `x * 2` or `x / 2`."""
    match item:
        case syntax.ColumnName(name):
            return 1.0, name
        case syntax.Arithmetic(syntax.Number(number), (("*", syntax.ColumnName(name)),)):
            return number, name
        case syntax.Arithmetic(syntax.ColumnName(name), (("*", syntax.Number(number)),)):
            return number, name
        case syntax.Arithmetic(syntax.ColumnName(name), (("/", syntax.Number(number)),)) if number:
            return 1 / number, name
    return None


def write_linear(form: LinearForm, *, in_units: bool = False) -> str:
    """Return a linear form as text that is read back as the same.

    Args:
        form: At least one term.
        in_units: Whether the constant is a duration, to be written as `30 days`.
    """
    items = [(factor, _write_term(factor, write_name(name))) for factor, name in form.terms]
    if form.constant:
        index = 0 if items[0][0] < 0 < form.constant and not in_units else len(items)
        text = write_duration(form.constant) if in_units else _write_size(form.constant)
        items.insert(index, (form.constant, text))
    if form.has_rest:
        items.append((1.0, "rest"))
    text = "".join(f" {'-' if sign < 0 else '+'} {item}" for sign, item in items)
    total = "-" + text[3:] if text.startswith(" -") else text[3:]
    return f"{write_name(form.dependent)} = {total}"


def _write_term(factor: float, name: str) -> str:
    if abs(factor) == 1:
        return name
    divisor = find_divisor(factor)
    return f"{name} / {_write_size(divisor)}" if divisor else f"{_write_size(factor)} * {name}"


def find_divisor(factor: float) -> float | None:
    """Return the whole number by which to divide instead of multiplying; None if there is none.

    >>> find_divisor(0.001), find_divisor(0.3)
    (1000.0, None)
    """
    if not 1e-18 < abs(factor) < 1:
        return None
    divisor = round(1 / factor)
    return float(divisor) if 1 / divisor == factor else None


def _write_size(number: float) -> str:
    return write_number(abs(number))
