"""A column that is the sum of others, and of a remainder that takes few values."""

from tabgan.relations.linear_combination.linear_combination import LinearCombination

__all__ = ["LinearCombination"]
