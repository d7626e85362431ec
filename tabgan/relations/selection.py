"""Which of the relations found are kept, and in which order they are applied."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from tabgan.errors import RelationError
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.schema.column import Name


def choose(
    declared: Sequence[DiscoveredRelation], found: Iterable[DiscoveredRelation]
) -> list[DiscoveredRelation]:
    """Keep what was declared, and of what was found all that goes together with it.

    Every column is written in terms of others by one relation at the most (its gaps by one more),
    and no column follows from itself, so that restoring has one answer.

    Raises:
        RelationError: Two declared relations contradict each other.
    """
    kept: list[DiscoveredRelation] = []
    for discovery in declared:
        clash = next((other for other in kept if _clashes(discovery, other)), None)
        if clash is not None or _is_circular([*kept, discovery]):
            other = f" and {clash.relation.text!r}" if clash else " and those before it"
            raise RelationError(
                f"the relations {discovery.relation.text!r}{other} cannot both be kept: a column "
                "would follow from two of them, or from itself; leave one out."
            )
        kept.append(discovery)
    for discovery in found:
        for relation in (discovery.relation, *discovery.relation.alternatives()):
            candidate = DiscoveredRelation(relation, discovery.support)
            if _goes_with(candidate, kept):
                kept.append(candidate)
                break
    return order(kept)


def _goes_with(candidate: DiscoveredRelation, kept: Sequence[DiscoveredRelation]) -> bool:
    return not any(_clashes(candidate, other) for other in kept) and not _is_circular(
        [*kept, candidate]
    )


def _clashes(one: DiscoveredRelation, other: DiscoveredRelation) -> bool:
    """Return whether two relations write one column, or one spoils what the other needs."""
    a, b = one.relation, other.relation
    if a.FILLS_GAPS and any(
        b.reduced_columns().get(column.name, column) is None for column in a.dependents
    ):
        return True  # what is left out has no gaps to fill
    if a.FILLS_GAPS == b.FILLS_GAPS and a.written & b.written:
        return True
    return _spoils(a, b) or _spoils(b, a)


def _spoils(writer: Relation, reader: Relation) -> bool:
    is_safe = writer.GIVES_CATEGORIES or writer.FILLS_GAPS or not reader.NEEDS_CATEGORIES
    return not is_safe and bool(writer.written & reader.read)


def _is_circular(discoveries: Sequence[DiscoveredRelation]) -> bool:
    try:
        order(discoveries)
    except CycleError:
        return True
    return False


def order(discoveries: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
    """Return relations in the order in which they are applied: each before its sources change.

    The gaps of a column are filled after its values have been written in terms of others.

    Raises:
        CycleError: There is no such order.
    """
    readers: defaultdict[Name, set[int]] = defaultdict(set)  # of each column, by their places
    writers: defaultdict[Name, set[int]] = defaultdict(set)
    for index, discovery in enumerate(discoveries):
        for name in discovery.relation.read:
            readers[name].add(index)
        if not discovery.relation.FILLS_GAPS:
            for name in discovery.relation.written:
                writers[name].add(index)
    graph: TopologicalSorter[int] = TopologicalSorter()
    for index, discovery in enumerate(discoveries):
        relation = discovery.relation
        first: set[int] = set()
        for name in relation.written:
            first |= readers[name] | (writers[name] if relation.FILLS_GAPS else set())
        graph.add(index, *sorted(first - {index}))
    return [discoveries[index] for index in graph.static_order()]
