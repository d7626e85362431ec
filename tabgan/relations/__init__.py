"""Exact facts between columns: found, left out of learning, restored in every generated row.

relation                the contract; `statistics` says when one counts as found
registry                RELATIONS, a line a kind: `affine`, `affix`, `constant_where`, `date_part`,
                        `fixed_combinations`, `formula`, `formula_where`, `frequent_equality`,
                        `functional_dependency`, `inequality`, `linear_combination`,
                        `missingness`, `near_formula`, `row_predicate`
table_profile           what relations are discovered in
selection               which of those found are kept, and in which order; `check_selection`: of
                        those by which rows are only checked; `near_selection`: which near formulas
permutation             rows by which it is seen what follows from the relations kept
relation_set            all of them: discovered, declared, applied, restored; which of them are
                        wanted says `relation_config`
settled_cells           rows with what they break, and cells that follow
saved_relations         as a model file holds them; `saved_columns`: what they read of it
linear_form             what is declared of numbers; `column_checks` refuses it of other columns
gates                   conditions by which relations hold in some rows
computed_column         a relation by which one column follows, its own gaps learned
gaps                    gaps of columns that relations leave, clear or give back
protected_values        what may be kept of a column under protection
exact_arithmetic        decimals and ranges of dtypes; `bounds` keeps what is restored in between
"""

from tabgan.relations.registry import RELATIONS
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.relation_config import RelationConfig
from tabgan.relations.relation_set import RelationSet

__all__ = ["RELATIONS", "DiscoveredRelation", "Relation", "RelationConfig", "RelationSet"]
