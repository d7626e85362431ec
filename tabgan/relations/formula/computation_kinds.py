"""Which computation a column takes: of numbers, of categories that are known, of any text."""

from tabgan.query.expressions import Value
from tabgan.relations.formula.category_computation import CategoryComputation
from tabgan.relations.formula.computation import Computation
from tabgan.relations.formula.rounding import as_written
from tabgan.relations.formula.text_computation import TextComputation, holds_texts, is_of_text
from tabgan.schema.column import Column
from tabgan.state_reader import StateReader


def choose_computation(dependent: Column, expression: Value) -> type[Computation]:
    """Return the kind of computation by which a column is an expression."""
    if as_written(dependent).kind.is_quantitative:
        return Computation
    is_text = is_of_text(expression) and holds_texts(dependent)
    return TextComputation if is_text else CategoryComputation


def choose_by_state(state: StateReader) -> type[Computation]:
    """Return the kind of computation that wrote a state."""
    if state.has("categories"):
        return CategoryComputation
    return Computation if state.has("rounding") else TextComputation
