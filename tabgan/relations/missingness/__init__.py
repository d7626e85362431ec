"""A column whose gaps another one decides."""

from tabgan.relations.missingness.missingness import MissingTogether

__all__ = ["MissingTogether"]
