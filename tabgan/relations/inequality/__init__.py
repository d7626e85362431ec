"""A column that is never below, or never above, others: `start <= end`."""

from tabgan.relations.inequality.inequality import Order

__all__ = ["Order"]
