"""A column whose gaps another one decides: all of them, or some.

missingness             the relation of all gaps; `discovery` finds it
partial_missingness     the relation of some gaps; `partial_discovery` finds it
gap_patterns            columns that have their gaps in the same rows
source_values           the values of the other column that decide
"""

from tabgan.relations.missingness.missingness import Missingness
from tabgan.relations.missingness.partial_missingness import PartialMissingness

__all__ = ["Missingness", "PartialMissingness"]
