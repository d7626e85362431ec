"""A fitted model and what it is asked: `TabularModel.sample`, `save`, `load`."""

from tabgan.model.tabular_model import TabularModel

__all__ = ["TabularModel"]
