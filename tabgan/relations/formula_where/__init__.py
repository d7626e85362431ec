"""A column that is calculated from others where a condition holds, and is free elsewhere.

formula_where   the relation
discovery       formulas of the rows of one category, and in which others they hold
row_groups      the rows in which formulas are sought
screening       what is nearly decided by the other columns of some rows
text_copies     texts that are equal but for their case
candidates      ... the better ones first
gate_search     what decides in which rows a formula holds
simpler_forms   ... and which part of it says the same there
claims          what a text says that a column is
"""

from tabgan.relations.formula_where.formula_where import FormulaWhere

__all__ = ["FormulaWhere"]
