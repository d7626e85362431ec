"""A column whose gaps another one decides."""

from tabgan.relations.missingness.missingness import Missingness

__all__ = ["Missingness"]
