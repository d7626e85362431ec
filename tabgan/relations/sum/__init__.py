"""A column that is the sum of others, and of a remainder that takes few values."""

from tabgan.relations.sum.sum import Sum

__all__ = ["Sum"]
