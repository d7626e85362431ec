"""A column that is another one, moved and scaled: `y = 2.5 * x + 3`, or a copy of it."""

from tabgan.relations.affine.affine import Affine

__all__ = ["Affine"]
