"""A column that has one value, or none, where others say so, and is free elsewhere.

constant_where          the relation; `discovery` finds it as gaps that follow are found
missing_where           ... whose value is a gap
constants               the commonest values of columns, and their gaps
gate_thresholds         where a number has to lie for them
gate_clauses            what `--where` asks of the column, asked of what decides it
"""

from tabgan.relations.constant_where.constant_where import ConstantWhere
from tabgan.relations.constant_where.missing_where import MissingWhere

__all__ = ["ConstantWhere", "MissingWhere"]
