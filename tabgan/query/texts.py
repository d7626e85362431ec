"""Values that texts are made into: `first || ' ' || last`, `left(code, 2)`, `length(note)`.

>>> from tabgan.schema.column import Column, ColumnKind
>>> first, year = (Column(name, ColumnKind.CATEGORICAL, "object") for name in ("first", "year"))
>>> short = TextCall("left", (ColumnRef(first), Number(1.0)))
>>> name = Concatenation((TextCall("lower", (short,)), Text("-"), ColumnRef(year)))
>>> frame = pd.DataFrame({"first": ["Ada", None], "year": [2024, 2025]})
>>> name.write(), name.categories(ColumnReader(frame)).tolist()
("lower(left(first, 1)) || '-' || year", ['a-2024', None])
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import (
    ColumnRef,
    Expression,
    Number,
    Text,
    Value,
    ValueType,
)
from tabgan.query.functions import Approximation, exact
from tabgan.query.text_functions import (
    TEXT_FUNCTIONS,
    compute_numbers,
    compute_texts,
    join_texts,
    write_number,
)
from tabgan.schema.arrays import Objects


def read_texts(value: Value, reader: ColumnReader) -> Objects:
    """Return a value as text: numbers as they are written; (n_rows,) or (), None where missing."""
    if isinstance(value, ColumnRef):
        return reader.texts(value.column)
    if value.value_type is ValueType.CATEGORY:
        return value.categories(reader)
    with np.errstate(all="ignore"):
        numbers = value.evaluate(reader).values
    codes, seen = pd.factorize(np.asarray(numbers).ravel())
    names = np.array([*map(write_number, seen), None], object)
    return np.asarray(names[codes].reshape(np.shape(numbers)), object)


@dataclass(frozen=True)
class Concatenation(Value):
    """Texts, and numbers as they are written, one behind the other; a gap if one is missing."""

    parts: tuple[Value, ...]

    @property
    def value_type(self) -> ValueType:
        return ValueType.CATEGORY

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.parts

    @property
    def precedence(self) -> int:
        return 3

    def write(self) -> str:
        return " || ".join(part.write_operand(4) for part in self.parts)

    def evaluate(self, reader: ColumnReader) -> Approximation:
        raise NotImplementedError

    def categories(self, reader: ColumnReader) -> Objects:
        texts = [read_texts(part, reader) for part in self.parts]
        return join_texts(texts, len(reader.frame))


@dataclass(frozen=True)
class TextCall(Value):
    """A function of a text, such as `left(code, 2)`.

    Attributes:
        function: One of `TEXT_FUNCTIONS`.
        arguments: The text, and what is given beside it.
    """

    function: str
    arguments: tuple[Value, ...]

    @property
    def value_type(self) -> ValueType:
        gives_number = TEXT_FUNCTIONS[self.function].gives_number
        return ValueType.NUMBER if gives_number else ValueType.CATEGORY

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def write(self) -> str:
        return f"{self.function}({', '.join(argument.write() for argument in self.arguments)})"

    @property
    def _given(self) -> list[str | int]:
        """What is given beside the text."""
        given: list[str | int] = []
        for argument in self.arguments[1:]:
            if isinstance(argument, Text):
                given.append(argument.text)
            elif isinstance(argument, Number):
                given.append(int(argument.value))
        return given

    def evaluate(self, reader: ColumnReader) -> Approximation:
        texts = read_texts(self.arguments[0], reader)
        return exact(compute_numbers(TEXT_FUNCTIONS[self.function], texts, *self._given))

    def categories(self, reader: ColumnReader) -> Objects:
        texts = read_texts(self.arguments[0], reader)
        return compute_texts(TEXT_FUNCTIONS[self.function], texts, *self._given)
