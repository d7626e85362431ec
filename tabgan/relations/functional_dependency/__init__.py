"""A column that one or two others decide: `city -> country`."""

from tabgan.relations.functional_dependency.functional_dependency import FunctionalDependency

__all__ = ["FunctionalDependency"]
