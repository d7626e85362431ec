"""Which of the relations found are kept, and in which order they are applied."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from tabgan.errors import RelationError
from tabgan.relations.relation import Finding, Relation
from tabgan.schema.column import Name


def choose(declared: Sequence[Finding], found: Iterable[Finding]) -> list[Finding]:
    """Keep what was declared, and of what was found all that goes together with it.

    Every column is written in terms of others by one relation at the most (its gaps by one more),
    and no column follows from itself, so that restoring has one answer.

    Raises:
        RelationError: Two declared relations contradict each other.
    """
    kept: list[Finding] = []
    for finding in declared:
        clash = next((other for other in kept if _clashes(finding, other)), None)
        if clash is not None or _is_circular([*kept, finding]):
            other = f" and {clash.relation.text!r}" if clash else " and those before it"
            raise RelationError(
                f"the relations {finding.relation.text!r}{other} cannot both be kept: a column "
                "would follow from two of them, or from itself; leave one out."
            )
        kept.append(finding)
    for finding in found:
        for relation in (finding.relation, *finding.relation.alternatives()):
            candidate = Finding(relation, finding.support)
            if _goes_with(candidate, kept):
                kept.append(candidate)
                break
    return order(kept)


def _goes_with(candidate: Finding, kept: Sequence[Finding]) -> bool:
    return not any(_clashes(candidate, other) for other in kept) and not _is_circular(
        [*kept, candidate]
    )


def _clashes(one: Finding, other: Finding) -> bool:
    """Say whether two relations write the same column, or one spoils levels the other needs."""
    a, b = one.relation, other.relation
    if a.FILLS_GAPS and any(b.leave().get(column.name, column) is None for column in a.dependents):
        return True  # what is left out has no gaps to fill
    if a.FILLS_GAPS == b.FILLS_GAPS and a.written & b.written:
        return True
    return _spoils(a, b) or _spoils(b, a)


def _spoils(writer: Relation, reader: Relation) -> bool:
    is_safe = writer.GIVES_LEVELS or writer.FILLS_GAPS or not reader.NEEDS_LEVELS
    return not is_safe and bool(writer.written & reader.read)


def _is_circular(findings: Sequence[Finding]) -> bool:
    try:
        order(findings)
    except CycleError:
        return True
    return False


def order(findings: Sequence[Finding]) -> list[Finding]:
    """Give relations in the order in which they are applied: each before its sources change.

    The gaps of a column are filled after its values have been written in terms of others.

    Raises:
        CycleError: There is no such order.
    """
    readers: defaultdict[Name, set[int]] = defaultdict(set)  # of each column, by their places
    writers: defaultdict[Name, set[int]] = defaultdict(set)
    for place, finding in enumerate(findings):
        for name in finding.relation.read:
            readers[name].add(place)
        if not finding.relation.FILLS_GAPS:
            for name in finding.relation.written:
                writers[name].add(place)
    graph: TopologicalSorter[int] = TopologicalSorter()
    for place, finding in enumerate(findings):
        relation = finding.relation
        first: set[int] = set()
        for name in relation.written:
            first |= readers[name] | (writers[name] if relation.FILLS_GAPS else set())
        graph.add(place, *sorted(first - {place}))
    return [findings[place] for place in graph.static_order()]
