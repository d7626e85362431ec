"""A condition that every row satisfies: declared, or pairs of categories that never meet."""

from tabgan.relations.row_predicate.row_predicate import RowPredicate

__all__ = ["RowPredicate"]
