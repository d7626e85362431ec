"""A column that one or two others decide: `city -> country`."""

from tabgan.relations.functional_dependency.functional_dependency import Dependency

__all__ = ["Dependency"]
