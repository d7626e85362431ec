"""A column that is calculated from others where a condition holds, and is free elsewhere.

formula_where   the relation
discovery       formulas of the rows of one category, and in which others they hold
screening       what is nearly decided by the other columns of some rows
row_groups      the rows in which formulas are sought
"""

from tabgan.relations.formula_where.formula_where import FormulaWhere

__all__ = ["FormulaWhere"]
