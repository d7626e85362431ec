"""Of which functions of columns the others may be sums: those that correlate with any of them.

>>> from tabgan.schema.column import ColumnKind
>>> x, y = (Column(name, ColumnKind.CONTINUOUS, "float64") for name in "xy")
>>> numbers = {x: np.linspace(1, 9, 60), y: np.exp(np.linspace(1, 9, 60))}
>>> columns = Dictionary.of_columns([x, y], numbers)
>>> found = find_curved([y], columns, lambda column, target: target.transform(numbers[column]))
>>> [type(target).__name__ for target in found[y]]
['Root', 'Reciprocal', 'Logarithm', 'Exponential']
"""

from collections.abc import Callable, Sequence

import numpy as np

from tabgan.relations.formula.numbers.dictionary import Dictionary, TermBlock
from tabgan.relations.formula.numbers.targets import CURVED, Target
from tabgan.schema.arrays import Floats
from tabgan.schema.column import Column

MIN_RELATED = 0.3  # correlation of a column with any term, if it is a sum of products


def find_curved(
    dependents: Sequence[Column],
    columns: Dictionary,
    transform: Callable[[Column, Target], Floats],
) -> dict[Column, list[Target]]:
    """Return functions of each column that correlate with another column, or with its square.

    Args:
        dependents: The columns.
        columns: That they may follow from, and no other terms.
        transform: Returns a function of a column, NaN where it says nothing; (n_rows,).
    """
    (numbers,) = columns.blocks
    indices = [columns.find_index(column) for column in dependents]
    found: dict[Column, list[Target]] = {column: [] for column in dependents}
    if not dependents or not columns.terms:
        return found
    blocks = numbers, TermBlock(numbers.values**2)
    for target in CURVED:
        owns = np.column_stack([transform(column, target) for column in dependents])
        related = np.maximum(*(block.relate_all(owns) for block in blocks))
        for index, place in enumerate(indices):
            if place is not None:
                related[place, index] = -1.0
        for index in np.flatnonzero(related.max(axis=0) >= MIN_RELATED).tolist():
            found[dependents[index]].append(target)
    return found
