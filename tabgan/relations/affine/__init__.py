"""A column that is another one, moved and scaled: `y = 2.5 * x + 3`, or a copy of it.

affine          the relation; `discovery` finds it, `line_fit` fits the line
transform       the line, calculated; `wording`: in words
"""

from tabgan.relations.affine.affine import Affine

__all__ = ["Affine"]
