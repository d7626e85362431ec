"""Numbers in text whose unit varies, such as `700 MB` and `3.2 GB`: each unit has its own modes.

A class says unit and mode, or unit and spike, so that a number never stands beside a unit that it
does not go with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder, no_missing_error
from tabgan.encoding.encoded_column import Codes, EncodedColumn, PartSelections, Rows, Selection
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.errors import ConditionError
from tabgan.schema import Column, ColumnKind
from tabgan.schema.arrays import Floats
from tabgan.schema.float_conversion import asks_for_missing
from tabgan.schema.holding import Holding, join_holdings
from tabgan.schema.number_kinds import number_kind
from tabgan.schema.predicates import Clause
from tabgan.schema.text import text_array
from tabgan.schema.text.numbers.number_format import NumberFormats
from tabgan.schema.text.strings import text_series
from tabgan.state_reader import StateReader

NUMBER_KINDS = [kind.value for kind in ColumnKind if kind.is_number]


@dataclass(frozen=True)
class AmountEncoder(PartEncoder):
    """A column of amounts; its format says how those of each unit are written.

    Classes are the modes of all units, then their spikes, then missing if the table has gaps.

    Attributes:
        numbers: Encodes the numbers of each unit, in the order of the formats.
        frequencies: Shares of the table's rows, class by class; (n_classes,).
        has_missing: Whether the table has gaps.
    """

    numbers: tuple[NumericalEncoder, ...]
    frequencies: Floats
    has_missing: bool

    @property
    def note(self) -> None:
        """Nothing of it is made up."""

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit an encoder to the numbers of each unit."""
        variants, numbers = _formats_of(column).parse(text_array(series))
        encoders = []
        for unit in range(len(_formats_of(column).variants)):
            own = numbers[variants == unit]
            kind = number_kind(own, is_target=True) if len(own) else ColumnKind.CONTINUOUS
            part = Column(f"{column.name}: unit {unit}", kind, "float64")
            encoders.append(NumericalEncoder.fit(part, pd.Series(own), config))
        has_missing = bool(
            (variants < 0).any() if config.protection.k == 1 else series.isna().any()
        )
        fitted = cls(column, tuple(encoders), np.zeros(0), has_missing)
        codes = fitted.encode(series, config.rng).codes
        counts = np.bincount(codes, minlength=fitted.n_classes)
        return replace(fitted, frequencies=counts / len(codes))

    @property
    def n_modes(self) -> int:
        return sum(encoder.n_modes for encoder in self.numbers)

    @property
    def n_classes(self) -> int:
        return sum(encoder.n_classes for encoder in self.numbers) + self.has_missing

    @cached_property
    def _classes(self) -> list[Codes]:
        """For each unit, the class of each class of its numbers."""
        modes = np.cumsum([0, *(each.n_modes for each in self.numbers)])
        spikes = self.n_modes + np.cumsum([0, *(e.n_classes - e.n_modes for e in self.numbers)])
        return [
            np.concatenate(
                [
                    modes[unit] + np.arange(encoder.n_modes),
                    spikes[unit] + np.arange(encoder.n_classes - encoder.n_modes),
                ]
            ).astype(np.int32)
            for unit, encoder in enumerate(self.numbers)
        ]

    @property
    def spans(self) -> Floats:
        """Ends of each class: a unit takes up its share of a scale from 0 to 1; (n_classes, 2)."""
        spans, low = np.zeros((self.n_classes, 2)), 0.0
        for classes, encoder in zip(self._classes, self.numbers, strict=True):
            share = float(self.frequencies[classes].sum())
            spans[classes] = low + share * encoder.spans
            low += share
        return spans

    def encode(self, series: pd.Series, rng: np.random.Generator) -> EncodedColumn:
        variants, numbers = _formats_of(self.column).parse(text_array(series))
        codes = np.full(len(series), self.n_classes - 1, np.int32)
        scalars = np.zeros(len(series), np.float32)
        for unit, encoder in enumerate(self.numbers):
            own = variants == unit
            cells = encoder.encode_numbers(numbers[own], rng)
            codes[own], scalars[own] = self._classes[unit][cells.codes], cells.scalars
        unknown = np.flatnonzero((variants < 0) & ~self.has_missing)  # protected: any other cell
        known = np.flatnonzero(variants >= 0)
        if len(unknown) and len(known):
            drawn = rng.choice(known, len(unknown))
            codes[unknown], scalars[unknown] = codes[drawn], scalars[drawn]
        return EncodedColumn(codes, scalars)

    def decode(self, cells: EncodedColumn, rows: Rows, rng: np.random.Generator) -> pd.Series:  # noqa: ARG002
        variants, numbers = np.full(len(rows), -1), np.full(len(rows), np.nan)
        for unit, (classes, encoder) in enumerate(zip(self._classes, self.numbers, strict=True)):
            place = np.full(self.n_classes, -1, np.int32)
            place[classes] = np.arange(len(classes))
            own = place[cells.codes] >= 0
            part = EncodedColumn(place[cells.codes[own]], cells.scalars[own])
            variants[own], numbers[own] = unit, encoder.decode_numbers(part)
        texts = _formats_of(self.column).write(variants, numbers)
        return text_series(texts, np.isnan(numbers), self.column, None)

    def with_counts(self, counts: Sequence[npt.NDArray[np.int64]], n_rows: int) -> Self:
        return replace(self, frequencies=counts[0] / n_rows)

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        """Return what `select` leaves; rows are checked unless a single value is asked for."""
        is_value = len(clauses) == 1 and clauses[0].operator == "="
        return PartSelections({0: self.select(clauses)}, is_value)

    def select(self, clauses: list[Clause]) -> Selection:
        """Return what clauses leave: amounts, in the order of those of the same unit, or gaps."""
        branches = self._branches(clauses)
        if not branches:
            asked = " and ".join(clause.write() for clause in clauses)
            raise self._error(f"none can be {asked}")
        return reduce(Selection.join, [self._select_all(branch) for branch in branches])

    def _branches(self, clauses: Sequence[Clause]) -> list[tuple[Clause, ...]]:
        """Return clauses as groups of comparisons, of which one group has to hold.

        Of several `or`, only the shortest is taken apart: rows are checked for the others.
        """
        plain = tuple(clause for clause in clauses if clause.operator != "or")
        choices = [clause.value for clause in clauses if clause.operator == "or"]
        if not choices:
            return [plain]
        found = [
            (*plain, *rest) for branch in min(choices, key=len) for rest in self._branches(branch)
        ]
        return list(dict.fromkeys(found))

    def _select_all(self, clauses: Sequence[Clause]) -> Selection:
        """Return what comparisons leave that all hold."""
        asked = [clause for clause in clauses if not self._is_about_gaps(clause)]
        if any(self._is_about_gaps(clause) and clause.operator == "=" for clause in clauses):
            if asked:
                raise self._error("none is missing and has a value at once")
            if not self.has_missing:
                raise no_missing_error(self.column)
            return self._select_classes(np.array([self.n_classes - 1], np.int32))
        ordered = [clause for clause in asked if clause.operator != "!="]
        if not ordered:
            present = self.n_classes - self.has_missing
            return self._select_classes(np.arange(present, dtype=np.int32))
        return self._select_amounts(ordered)

    def _is_about_gaps(self, clause: Clause) -> bool:
        return asks_for_missing(clause.value) or not str(clause.value).strip()

    def _select_amounts(self, clauses: Sequence[Clause]) -> Selection:
        texts = [str(clause.value) for clause in clauses]
        variants, numbers = _formats_of(self.column).parse(text_array(pd.Series(texts)))
        for text, variant in zip(texts, variants, strict=True):
            if variant < 0:
                raise self._error(f"{text!r} is none of these")
        unit = int(variants[0])
        if len(set(variants)) > 1:
            raise self._error(f"{texts[0]!r} and {texts[-1]!r} are of two units, which no value is")
        pairs = zip(clauses, numbers, strict=True)
        try:
            own = self.numbers[unit].select([Clause(c.operator, float(n)) for c, n in pairs])
        except ConditionError:
            ends = np.array([self.numbers[unit].minimum, self.numbers[unit].maximum])
            low, high = _formats_of(self.column).variants[unit].write(ends)
            asked = " and ".join(
                repr(clause.value) if clause.operator == "=" else clause.write(repr)
                for clause in clauses
            )
            reason = f"{asked} is none of the table's, which run from {low} to {high}"
            raise self._error(reason) from None
        return replace(own, classes=self._classes[unit][own.classes], ranges=None)

    def _select_classes(self, classes: Codes) -> Selection:
        shares, n_modes = self.frequencies[classes], self.n_modes
        ends = np.where(classes < n_modes, 1.0, 0.0)
        return Selection(classes, shares, -ends, ends, share=float(shares.sum()))

    def _error(self, what_to_do: str) -> ConditionError:
        return ConditionError(
            f"column {self.column.name!r} holds amounts of several units, written "
            f"{self.column.format}; {what_to_do}."
        )

    @property
    def holdings(self) -> tuple[Holding, ...]:
        held = join_holdings(one for unit in self.numbers for one in unit.holdings)
        return (Holding("units", len(self.numbers)), *held)

    def to_state(self) -> dict[str, Any]:
        parts = [{"column": e.column.to_dict(), "state": e.to_state()} for e in self.numbers]
        return super().to_state() | {"numbers": parts}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        variants = state.build(lambda: _formats_of(column)).variants
        entries, numbers = state.states("numbers"), []
        found = f"has {len(entries)} units, not {len(variants)} as its format"
        state.check(len(entries) == len(variants), "numbers", found)
        for unit, entry in enumerate(entries):
            kind = ColumnKind(entry.state("column").text("kind", NUMBER_KINDS))
            part = Column(f"{column.name}: unit {unit}", kind, "float64")
            numbers.append(NumericalEncoder.from_state(part, entry.state("state")))
            is_plain = not (numbers[-1].has_same or numbers[-1].has_missing)
            state.check(is_plain, "numbers", "has gaps among the numbers of a unit")
        bare = cls(column, tuple(numbers), np.zeros(0), state.flag("has_missing"))
        return replace(bare, frequencies=state.floats("frequencies", (bare.n_classes,), 0, 1))


def _formats_of(column: Column) -> NumberFormats:
    return NumberFormats.from_text(column.format or "")
