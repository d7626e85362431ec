"""Sums of terms as expressions, in as few words as they take.

>>> from tabgan.relations.formula.numbers.terms import linear
>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> one, two = Monomial(((x, 1.0),)), Monomial(((x, 1.0), (y, 1.0)))
>>> write_sum([(1.0, one), (-0.01, two)], 0.0).write()
'x * (1 - y / 100)'
>>> write_sum([(0.5, one), (0.5, linear(y))], 2.0).write(), write_sum([(-1.0, one)], 2.0).write()
('(x + y) / 2 + 2', '2 - x')
>>> write_sum([(-1 / 60, Difference(x, y))], 0.0).write()
'(y - x) / 1 minute'
>>> write_reciprocal([(0.01, Monomial(((y, 1.0), (x, -1.0))))], 0.01).write()
'100 * x / (y + x)'
"""

from collections.abc import Sequence

from tabgan.query.expressions import Arithmetic, Number, Value
from tabgan.relations.formula.numbers.terms import Difference, Monomial, Term, scale
from tabgan.schema.column import Column

Summands = Sequence[tuple[float, Term]]  # coefficients, which are not 0, and terms
ONE = Monomial(())


def write_sum(summands: Summands, constant: float) -> Value:
    """Return a sum of terms, each times its coefficient, and a constant, as an expression.

    What all have in common stands before brackets: columns, or a coefficient.

    Args:
        summands: At least one.
        constant: Left out if it is 0.
    """
    common = {} if constant else _find_common([term for _, term in summands])
    if common:
        return _write_product(summands, common)
    factors = {abs(factor) for factor, _ in summands}
    can_join = len(summands) > 1 and all(isinstance(term, Monomial) for _, term in summands)
    if not can_join or len(factors) > 1 or factors == {1.0}:
        return _add(summands, constant)
    (factor,) = factors
    signs = [(coefficient / factor, term) for coefficient, term in summands]
    return _append(scale(_add(signs, 0.0), factor), constant)


def _write_product(summands: Summands, common: dict[Column, float]) -> Value:
    """Return what all terms have in common times the sum of what is left of them."""
    left = [(factor, _divide(term, common)) for factor, term in summands]
    constant = sum(factor for factor, term in left if term == ONE)
    rest = write_sum([(factor, term) for factor, term in left if term != ONE], constant)
    product = Monomial(tuple(common.items())).to_value(1.0)
    return Arithmetic("*", product, rest)


def _find_common(terms: Sequence[Term]) -> dict[Column, float]:
    """Return the powers above 0 that all of several products have in common."""
    powers = [dict(term.powers) for term in terms if isinstance(term, Monomial)]
    if len(terms) < 2 or len(powers) < len(terms):
        return {}
    least = {column: min(power.get(column, 0.0) for power in powers) for column in powers[0]}
    return {column: exponent for column, exponent in least.items() if exponent >= 1}


def _divide(term: Term, common: dict[Column, float]) -> Term:
    powers = dict(term.powers) if isinstance(term, Monomial) else {}
    left = {column: exponent - common.get(column, 0.0) for column, exponent in powers.items()}
    left |= {column: -exponent for column, exponent in common.items() if column not in powers}
    return Monomial(tuple((column, exponent) for column, exponent in left.items() if exponent))


def _add(summands: Summands, constant: float) -> Value:
    """Return a sum, those that are added first."""
    ordered = sorted(summands, key=lambda pair: pair[0] < 0)
    factor, first = ordered[0]
    if factor < 0 and constant <= 0 and isinstance(first, Difference):
        ordered[0] = -factor, Difference(first.start, first.end)
    pairs = [(factor < 0, term.to_value(abs(factor))) for factor, term in ordered]
    if constant:
        at = 0 if pairs[0][0] and constant > 0 else len(pairs)
        pairs.insert(at, (constant < 0, Number(abs(constant))))
    is_negative, value = pairs[0]
    if is_negative:
        value = Arithmetic("*", Number(-1.0), value)
    for is_negative, other in pairs[1:]:
        value = Arithmetic("-" if is_negative else "+", value, other)
    return value


def _append(value: Value, constant: float) -> Value:
    if not constant:
        return value
    return Arithmetic("-" if constant < 0 else "+", value, Number(abs(constant)))


def write_reciprocal(summands: Summands, constant: float) -> Value:
    """Return 1 / a sum, without fractions inside it: `a / (a + b)` for 1 / (1 + b / a)."""
    every = [*summands, *([(constant, ONE)] if constant else [])]
    below: dict[Column, float] = {}
    for _, term in every:
        for column, exponent in term.powers if isinstance(term, Monomial) else ():
            below[column] = min(below.get(column, 0.0), exponent)
    below = {column: exponent for column, exponent in below.items() if exponent < 0}
    factors = {factor for factor, _ in every}
    factor = 1 / factors.pop() if len(factors) == 1 else 1.0
    if abs(factor - round(factor, 6)) < 1e-12 * abs(factor):
        factor = round(factor, 6)
    terms = [(1.0 if factor != 1.0 else f, _divide(term, below)) for f, term in every]
    inner = write_sum([(f, t) for f, t in terms if t != ONE], sum(f for f, t in terms if t == ONE))
    above = Monomial(tuple((column, -exponent) for column, exponent in below.items()))
    sign = -1.0 if factor < 0 else 1.0
    top = above.to_value(abs(factor))
    top = Arithmetic("*", Number(sign), top) if sign < 0 else top
    return Arithmetic("/", top, inner)
