"""A column that equals another one far more often than chance has it."""

from tabgan.relations.equality.equality import Equality

__all__ = ["Equality"]
