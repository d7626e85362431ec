"""Any other comparison that a user declares: `age >= 18 or income = 0`."""

from tabgan.relations.predicate.predicate import Predicate

__all__ = ["Predicate"]
