"""Exact facts between columns: found, left out of learning, restored in every generated row."""

from tabgan.relations.registry import RELATIONS
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.relation_set import RelationConfig, RelationSet

__all__ = ["RELATIONS", "DiscoveredRelation", "Relation", "RelationConfig", "RelationSet"]
