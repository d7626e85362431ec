"""Exact facts between columns: found, left out of learning, restored in every generated row."""

from tabgan.relations.registry import RELATIONS
from tabgan.relations.relation import Finding, Relation
from tabgan.relations.relation_set import Relations, RelationSetting

__all__ = ["RELATIONS", "Finding", "Relation", "RelationSetting", "Relations"]
