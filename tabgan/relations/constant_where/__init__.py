"""A column that has one value where others say so, and is free elsewhere.

constant_where          the relation; `discovery` finds it as it finds gaps that follow
"""

from tabgan.relations.constant_where.constant_where import ConstantWhere

__all__ = ["ConstantWhere"]
