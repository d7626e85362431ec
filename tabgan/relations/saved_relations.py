"""Relations as a model file holds them, and how they are read back."""

from collections.abc import Sequence
from typing import Any

from tabgan.errors import reason
from tabgan.io.model_file import read_back
from tabgan.relations.registry import RELATIONS
from tabgan.relations.relation import DiscoveredRelation
from tabgan.relations.selection import check_order
from tabgan.schema import TableSchema
from tabgan.state_reader import StateReader


def to_entry(discovery: DiscoveredRelation) -> dict[str, Any]:
    """Return a relation as JSON-able values."""
    relation = discovery.relation
    return {
        "kind": relation.KIND,
        "text": relation.text,
        "support": discovery.support,
        "broken": discovery.n_violations,
        "is_declared": discovery.is_declared,
        "state": relation.to_dict(),
    }


def read_relations(state: StateReader, schema: TableSchema) -> tuple[DiscoveredRelation, ...]:
    """Return the relations of a schema's table from what was saved of them.

    Raises:
        ModelFileError: One cannot be, or cannot be restored together with the others.
    """
    states = state.states("kept")
    kept = tuple(_from_entry(each, schema) for each in states)
    check_order(states, [discovery.relation for discovery in kept])
    return kept


def find_unreadable(
    discoveries: Sequence[DiscoveredRelation], schema: TableSchema
) -> dict[str, str]:
    """Return the relations that could not be read back from a file: why, by their text."""
    found = {}
    for discovery in discoveries:
        text = discovery.relation.text
        try:
            again = _from_entry(StateReader(read_back(to_entry(discovery)), "relation"), schema)
            if again.relation.text != text:
                found[text] = f"it reads {again.relation.text!r}"
        except Exception as error:  # noqa: BLE001 - whatever it is, a model must not hold it
            found[text] = reason(error)
    return found


def _from_entry(state: StateReader, schema: TableSchema) -> DiscoveredRelation:
    kind = RELATIONS[state.text("kind", RELATIONS)]
    relation = kind.from_dict(state.state("state"), schema)
    # older files say nothing, but then only declared relations restored no column
    is_told = state.has("is_declared")
    is_declared = state.flag("is_declared") if is_told else not relation.dependents
    support, n_violations = state.whole("support", 0), state.whole("broken", 0)
    return DiscoveredRelation(relation, support, n_violations, is_declared)
