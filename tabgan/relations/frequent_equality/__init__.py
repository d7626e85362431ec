"""A column that equals another one far more often than chance has it."""

from tabgan.relations.frequent_equality.frequent_equality import FrequentEquality

__all__ = ["FrequentEquality"]
