"""A column that is never below, or never above, others: `start <= end`."""

from tabgan.relations.order.order import Order

__all__ = ["Order"]
