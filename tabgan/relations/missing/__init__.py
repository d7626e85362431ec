"""A column whose gaps another one decides."""

from tabgan.relations.missing.missing import MissingTogether

__all__ = ["MissingTogether"]
