"""Which of the relations found are kept, and in which order they are applied."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from tabgan.errors import RelationError
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.schema.column import Name
from tabgan.state_reader import StateReader


def select_relations(
    declared: Sequence[DiscoveredRelation], found: Iterable[DiscoveredRelation]
) -> list[DiscoveredRelation]:
    """Return what was declared, and of what was found all that is compatible with it, in order.

    Every column is written in terms of others by one relation at the most (its gaps by one more),
    and no column follows from itself, so that restoring has one result. A relation found that is
    not compatible is tried once more, solved for another column.

    Args:
        declared: All are kept.
        found: Kept greedily, those that come first before the others.

    Raises:
        RelationError: Two declared relations contradict each other.
    """
    kept: list[DiscoveredRelation] = []
    for discovery in declared:
        clash = next((other for other in kept if _is_conflict(discovery, other)), None)
        if clash is not None or _has_cycle([*kept, discovery]):
            other = f" and {clash.relation.text!r}" if clash else " and those before it"
            raise RelationError(
                f"the relations {discovery.relation.text!r}{other} cannot both be kept: a column "
                "would follow from two of them, or from itself; leave one out."
            )
        kept.append(discovery)
    for discovery in found:
        for relation in (discovery.relation, *discovery.relation.equivalents()):
            candidate = DiscoveredRelation(relation, discovery.support)
            if _is_compatible(candidate, kept):
                kept.append(candidate)
                break
    return sort_topologically(kept)


def simplest_first(found: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
    """Return relations, each text once, that calculate with few digits and columns first.

    `net = qty * price` comes before `net = gross / 1.19`, whatever their kinds; all others stay
    where they are.
    """
    once = {discovery.relation.text: discovery for discovery in reversed(found)}
    ordered = list(reversed(once.values()))
    n_digits = [discovery.relation.n_digits for discovery in ordered]
    numbers = [number for number, count in enumerate(n_digits) if count is not None]
    simple = sorted(
        numbers, key=lambda number: (n_digits[number] or 0) + len(ordered[number].relation.sources)
    )
    moved = [ordered[number] for number in simple]
    for number, discovery in zip(numbers, moved, strict=True):
        ordered[number] = discovery
    return ordered


LINEAR_KINDS = ("affine", "sum")
MADE_KINDS = ("formula", "formula_where")
PARTIAL_KINDS = ("dependency", "formula", "date_part")


def composites_first(found: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
    """Return relations, those last by which a part follows from what is put together of it.

    Of `label = size || colour`, not `label -> size` is kept, which says less; nor `label -> kind`,
    where a formula says what the label is where `kind = 'a'`. Of `paid`, which is `offer` or else
    `price`, not `offer = paid` is kept, which leaves the gaps of `offer` to be learned.
    """
    made: defaultdict[Name, frozenset[Name]] = defaultdict(frozenset)
    whole: dict[Name, frozenset[Name]] = {}  # those by which nothing is left to learn
    for discovery in found:
        relation = discovery.relation
        if relation.KIND in MADE_KINDS and not discovery.n_violations:
            made[relation.dependent.name] |= relation.source_names
            if not _leaves_some(relation):
                whole.setdefault(relation.dependent.name, relation.source_names)

    def is_part(discovery: DiscoveredRelation) -> bool:
        relation = discovery.relation
        if _says_less(relation, whole):
            return True
        if relation.KIND not in PARTIAL_KINDS:
            return False
        wholes = [made[name] for name in relation.source_names if name in made]
        n_sources = len(relation.sources)
        return any(len(parts) > n_sources and relation.dependent_names <= parts for parts in wholes)

    return sorted(found, key=is_part)


def _leaves_some(relation: Relation) -> bool:
    """Return whether values or gaps of a dependent are left to learn."""
    return any(column is not None for column in relation.reduced_columns().values())


def _says_less(relation: Relation, whole: Mapping[Name, frozenset[Name]]) -> bool:
    """Return whether a line or a sum leaves some to learn of what whole formulas say.

    Args:
        relation: It.
        whole: Sources of the formulas, by what is computed.
    """
    if relation.KIND not in LINEAR_KINDS or not _leaves_some(relation):
        return False
    is_said = any(
        whole[name] <= relation.source_names for name in relation.dependent_names & whole.keys()
    )
    sources = relation.source_names & whole.keys()
    return is_said or any(relation.dependent_names <= whole[name] for name in sources)


def order_found(found: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
    """Return relations in the order in which they are tried: simple ones, wholes before parts."""
    return composites_first(simplest_first(found))


def leave_out_solved(
    implied: Sequence[DiscoveredRelation], kept: Sequence[Relation]
) -> tuple[DiscoveredRelation, ...]:
    """Return relations without formulas of just the columns of one kept: the same, solved."""
    said = [relation.dependent_names | relation.source_names for relation in kept]
    return tuple(
        discovery
        for discovery in implied
        if discovery.relation.KIND not in MADE_KINDS
        or discovery.relation.dependent_names | discovery.relation.source_names not in said
    )


def _is_compatible(candidate: DiscoveredRelation, kept: Sequence[DiscoveredRelation]) -> bool:
    has_conflict = any(_is_conflict(candidate, other) for other in kept)
    return not has_conflict and not _has_cycle([*kept, candidate])


def _is_conflict(one: DiscoveredRelation, other: DiscoveredRelation) -> bool:
    """Return whether two relations write one column, or one spoils what the other looks up."""
    a, b = one.relation, other.relation
    left_out = {name for name, column in b.reduced_columns().items() if column is None}
    if a.FILLS_GAPS and a.dependent_names & left_out:
        return True  # a column that is left out has no gaps to fill
    if a.FILLS_GAPS == b.FILLS_GAPS and a.dependent_names & b.dependent_names:
        return not (a.goes_with(b) or b.goes_with(a))
    return _spoils_look_up(a, b) or _spoils_look_up(b, a)


def _spoils_look_up(writer: Relation, reader: Relation) -> bool:
    """Return whether one relation may write unseen values where the other looks up seen ones."""
    is_safe = writer.gives_categories or writer.FILLS_GAPS or not reader.NEEDS_CATEGORIES
    return not is_safe and bool(writer.dependent_names & reader.source_names)


def _has_cycle(discoveries: Sequence[DiscoveredRelation]) -> bool:
    try:
        sort_topologically(discoveries)
    except CycleError:
        return True
    return False


def sort_topologically(discoveries: Sequence[DiscoveredRelation]) -> list[DiscoveredRelation]:
    """Return relations in the order in which they are applied: each before its sources change.

    The gaps of a column are filled after its values have been written in terms of others. What
    overwrites it comes first, and so is restored last.

    Raises:
        CycleError: There is no such order.
    """
    readers: defaultdict[Name, set[int]] = defaultdict(set)  # positions of relations, by column
    writers: defaultdict[Name, set[int]] = defaultdict(set)
    overwriters: defaultdict[Name, set[int]] = defaultdict(set)
    for position, discovery in enumerate(discoveries):
        for name in discovery.relation.source_names:
            readers[name].add(position)
        if not discovery.relation.FILLS_GAPS:
            is_last = discovery.relation.OVERWRITES
            for name in discovery.relation.dependent_names:
                (overwriters if is_last else writers)[name].add(position)
    graph: TopologicalSorter[int] = TopologicalSorter()
    for position, discovery in enumerate(discoveries):
        relation = discovery.relation
        predecessors: set[int] = set()
        for name in relation.dependent_names:
            predecessors |= readers[name]
            predecessors |= writers[name] if relation.FILLS_GAPS else set()
            predecessors |= set() if relation.OVERWRITES else overwriters[name]
        graph.add(position, *sorted(predecessors - {position}))
    return [discoveries[position] for position in graph.static_order()]


def check_order(states: Sequence[StateReader], relations: Sequence[Relation]) -> None:
    """Refuse saved relations that cannot be applied one after the other, and so not restored.

    Args:
        states: Of the relations, for messages.
        relations: In the order of `apply`.

    Raises:
        ModelFileError: One reads or writes a column that one before it has changed.
    """
    values: set[Name] = set()  # columns that are written in terms of others
    overwritten: set[Name] = set()
    left_out: set[Name] = set()
    gaps: dict[Name, bool] = {}  # columns whose gaps are written, and whether they are only cleared
    for state, relation in zip(states, relations, strict=True):
        if not relation.dependents:
            continue  # whole rows are checked by it
        spoilt = relation.source_names & (values | overwritten | gaps.keys())
        if relation.FILLS_GAPS:
            spoilt |= relation.dependent_names & left_out
            clears = relation.only_clears
            spoilt |= {
                n for n in relation.dependent_names & gaps.keys() if not (clears and gaps[n])
            }
            gaps |= dict.fromkeys(relation.dependent_names, clears)
        else:
            spoilt |= relation.dependent_names & (values | gaps.keys())
            (overwritten if relation.OVERWRITES else values).update(relation.dependent_names)
            reduced = relation.reduced_columns().items()
            left_out |= {name for name, column in reduced if column is None}
        state.check(not spoilt, "state", "reads or writes what a relation before it changes")
