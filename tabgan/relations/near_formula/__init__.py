"""A column that is nearly calculated from others: only what is left of it is learned.

near_formula  the relation
leftover      what is left of a column beside the results, and back
discovery     which columns are nearly calculated, sought on a sample
forms         the sums and products that they may nearly be
near_sums     which of them a few others nearly add up to
simplification  the fewest terms and digits that leave hardly more of a column
held_out      whether trees tell a column better from what is left of it
"""

from tabgan.relations.near_formula.near_formula import NearFormula

__all__ = ["NearFormula"]
