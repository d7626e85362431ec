"""A column that is never below, or never above, others: `low <= high`, and strictly `low < high`.

inequality      the relation; `discovery` finds it, `chain` reads what is declared
margin          the gap to the nearest other column, which is what is learned
"""

from tabgan.relations.inequality.inequality import Inequality

__all__ = ["Inequality"]
