"""A column that is the sum of others, and of a remainder that takes few values.

linear_combination      the relation; `terms` and `column_range` are its arithmetic,
                        `wording` says it
discovery               sums in a sample, by `hill_climbing`, those with `significance`
"""

from tabgan.relations.linear_combination.linear_combination import LinearCombination

__all__ = ["LinearCombination"]
