"""A column that has one value where others say so, and is free elsewhere.

constant_where          the relation; `discovery` finds it as gaps that follow are found
gate_clauses            what `--where` asks of the column, asked of what decides it
"""

from tabgan.relations.constant_where.constant_where import ConstantWhere

__all__ = ["ConstantWhere"]
