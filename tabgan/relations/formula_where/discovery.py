"""Discovery of formulas that hold where a condition does.

1. In the rows of each category of a column, and where it has a value, formulas are sought among the
   columns that nearly follow from others there.
2. In which rows each of them holds is counted in the whole table: what decides that is its gate.

A gate is kept if rows like those where it does not hold would all obey with a probability of less
than `SIGNIFICANCE_LEVEL` over all groups of rows and triples of columns, and if the values that are
computed say more than the formula's digits and the choice among all that is tried.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.expressions import ColumnRef, Value, ValueType
from tabgan.query.parser import parse_relation
from tabgan.query.three_valued_logic import BoolOp, Condition, IsMissing, Not
from tabgan.relations.affine.affine import Affine
from tabgan.relations.formula.coefficients import DIGIT_NATS
from tabgan.relations.formula.declaration import read_definition
from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula_where.row_groups import (
    RowGroup,
    find_row_groups,
    has_levels,
    take_rows,
)
from tabgan.relations.formula_where.screening import find_decided
from tabgan.relations.linear_combination.linear_combination import LinearCombination
from tabgan.relations.relation import Relation
from tabgan.relations.row_predicate.never_condition import is_one_of, write_literals
from tabgan.relations.statistics import (
    MAX_DECLARED_VIOLATIONS,
    MIN_ROWS,
    SIGNIFICANCE_LEVEL,
    total_entropy,
)
from tabgan.relations.table_profile import TableProfile
from tabgan.schema.arrays import Integers, Mask
from tabgan.schema.column import Column
