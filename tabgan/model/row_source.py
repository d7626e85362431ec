"""Where the rows of a sample come from: a generator, and what chooses among its rows.

A model has two of them: the generator that draws a row in many passes, which its conditions, its
completions and its scores always are of, and one of one pass, which is quicker and often nearly as
good (`tabgan.networks.latent_class_generator`).
"""

from dataclasses import dataclass, replace
from typing import Any, Self

from tabgan.encoding.layout import Layout
from tabgan.networks.generation import RowGenerator
from tabgan.networks.latent_class_generator import LatentClassGenerator
from tabgan.refinement.refiner import Refiner
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class RowSource:
    """A generator, and what chooses among its rows.

    Attributes:
        generator: Of many passes, or of one.
        refiner: Chooses rows among candidates; None keeps all that are generated.
    """

    generator: RowGenerator
    refiner: Refiner | None = None

    @property
    def is_one_pass(self) -> bool:
        """Whether a row is drawn in one pass."""
        return isinstance(self.generator, LatentClassGenerator)

    @property
    def candidates(self) -> int:
        """Rows that are generated for each one that is given."""
        return self.refiner.candidates if self.refiner else 1

    @property
    def raw(self) -> "RowSource":
        """The same without choosing among rows."""
        return replace(self, refiner=None)


@dataclass(frozen=True)
class OnePass:
    """The generator of one pass of a model, and how good its rows are.

    Attributes:
        generator: Latent classes.
        refiner: Chooses among its rows; None keeps all.
        raw_score: Two-sample score of its rows against held-out ones; None if unknown.
        log_likelihood: Mean log-likelihood of held-out rows under it; None if there are none.
    """

    generator: LatentClassGenerator
    refiner: Refiner | None = None
    raw_score: float | None = None
    log_likelihood: float | None = None

    @property
    def score(self) -> float | None:
        """Two-sample score of the rows that it gives, chosen ones if any are."""
        refined = self.refiner.score if self.refiner else None
        return self.raw_score if refined is None else refined

    @property
    def source(self) -> RowSource:
        """What its rows come from."""
        return RowSource(self.generator, self.refiner)

    def describe(self) -> dict[str, Any]:
        """Return all but its numbers as plain values."""
        return {
            "latent_classes": self.generator.n_latent,
            "gaussian_columns": self.generator.n_gaussian,
            "log_likelihood": self.log_likelihood,
            "raw_score": self.raw_score,
            "score": self.score,
            "refiner": self.refiner and self.refiner.describe(),
        }

    def to_state(self) -> dict[str, Any]:
        """Return it as plain values and arrays."""
        return {
            "latent_classes": self.generator.to_state(),
            "refiner": self.refiner and self.refiner.to_state(),
            "raw_score": self.raw_score,
            "log_likelihood": self.log_likelihood,
        }

    @classmethod
    def from_state(cls, layout: Layout, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: It is damaged.
        """
        return cls(
            LatentClassGenerator.from_state(layout, state.state("latent_classes")),
            Refiner.from_state(state.state("refiner")) if state.has("refiner") else None,
            state.number("raw_score", 0, 1) if state.has("raw_score") else None,
            state.number("log_likelihood") if state.has("log_likelihood") else None,
        )
