"""Formulas and where they hold, the better ones first, without those that follow from others."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabgan.relations.formula.formula import Formula
from tabgan.relations.formula.text_computation import TextComputation
from tabgan.relations.formula_where.gate_search import Gate
from tabgan.relations.gates import exclude_each_other
from tabgan.schema.column import Name


@dataclass(frozen=True)
class Candidate:
    """A formula, and where it holds.

    Attributes:
        formula: As it was found in some rows.
        gate: Where.
    """

    formula: Formula
    gate: Gate

    @property
    def names(self) -> frozenset[Name]:
        """Of the columns of the fact."""
        return self.formula.dependent_names | self.formula.source_names

    @property
    def is_text(self) -> bool:
        """Whether it is put together of texts."""
        return isinstance(self.formula.computation, TextComputation)

    @property
    def rank(self) -> tuple[float, ...]:
        """Of most rows first, then the simplest; of texts, wholes before their parts."""
        n_columns = len(self.formula.sources)
        cost = -n_columns if self.is_text else n_columns + (self.formula.n_digits or 0)
        return *self.gate.rank, cost

    def follows_from(self, other: "Candidate") -> bool:
        """Return whether another one says the same, or what this one cannot be beside."""
        if exclude_each_other(self.gate.condition, other.gate.condition):
            return False
        dependent = self.formula.dependent
        if dependent == other.formula.dependent:
            return True
        is_solved = not self.is_text and other.formula.dependent.name in self.names
        return dependent.name in other.names and (is_solved or other.names <= self.names)


def select_candidates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates, the best first, without those that follow from better ones."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda each: each.rank):
        if not any(candidate.follows_from(other) for other in kept):
            kept.append(candidate)
    return kept
