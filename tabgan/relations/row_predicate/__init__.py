"""A condition that every row satisfies: declared, or pairs of categories that never meet.

row_predicate           the relation: rows that break the condition are rejected
never_pairs             finds the pairs; `smooth_association` says where they are merely rare
never_condition         makes conditions of them, and says those in words
"""

from tabgan.relations.row_predicate.row_predicate import RowPredicate

__all__ = ["RowPredicate"]
