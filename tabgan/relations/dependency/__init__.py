"""A column that one or two others decide: `city -> country`."""

from tabgan.relations.dependency.dependency import Dependency

__all__ = ["Dependency"]
