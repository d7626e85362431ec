"""A column that is never below, or never above, others: `start <= end`."""

from tabgan.relations.inequality.inequality import Inequality

__all__ = ["Inequality"]
