"""Text of a pattern: its form and its choices are learned, numbers and characters are made anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.composite import CompositeEncoder, fit_parts, read_parts
from tabgan.encoding.encoded_column import MAX_ROWS, PartSelections, Rows
from tabgan.encoding.keys.key_sequence import KeySequence
from tabgan.encoding.made_anew import asks_only_for_gaps, made_anew_error
from tabgan.errors import SchemaError
from tabgan.schema import Column, ColumnKind, restore_dtype
from tabgan.schema.arrays import Integers
from tabgan.schema.holding import Holding
from tabgan.schema.predicates import Clause
from tabgan.schema.text import is_text, text_array
from tabgan.schema.text.patterns.inference import infer_pattern, nearest_pattern
from tabgan.schema.text.patterns.pattern import Pattern, SplitTexts
from tabgan.schema.text.patterns.room import ANY_NUMBER, keep_common_shapes, make_room, protect
from tabgan.state_reader import StateReader

MIN_DISTINCT_SHARE = 0.9  # of a column's values, for those that are made not to repeat
N_CHECKED = 200  # texts of a form, of a pattern in the schema


@dataclass(frozen=True)
class PatternEncoder(CompositeEncoder):
    """A column of text, as its form, then the values of each slot of its pattern.

    Attributes:
        pattern: What the texts are made of.
        sequences: The keys of rows, form by form; none where values may repeat.
        n_outliers: Rows of the table whose text has another pattern: it is never made.
    """

    pattern: Pattern
    sequences: tuple[KeySequence, ...]
    n_outliers: int

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Read the pattern, unless the schema has one, and count its forms and its choices.

        Raises:
            SchemaError: The schema's pattern is none, or none of the values has it.
        """
        texts, k = _texts_of(series), config.protection.k
        common = keep_common_shapes(texts, k) if k > 1 else texts
        pattern = _find_pattern(column, pc.drop_null(common))
        pattern = protect(pattern, common, k) if k > 1 else pattern
        is_key = column.kind is ColumnKind.IDENTIFIER
        n_present = len(texts) - texts.null_count
        split = pattern.split(texts)
        if is_key:
            n_rows = max(config.n_rows, n_present)
            counts = split.form_counts * n_rows // n_present
            narrow, pattern = pattern, make_room(pattern, counts, n_rows)
            split = split if pattern == narrow else pattern.split(texts)
        n_found = int((split.forms >= 0).sum())
        if not n_found and column.pattern is not None:
            raise SchemaError(
                f"none of the values of the column {column.name!r}, such as "
                f"{pc.drop_null(texts)[0].as_py()!r}, has the pattern {column.pattern!r}; "
                "edit the pattern in the schema, or leave it out."
            )
        cells = _to_cells(pattern, split, texts, int(split.form_counts.argmax()))
        encoders = fit_parts(_part_columns(column, len(cells)), cells, config)
        if is_key and column.pattern is not None:
            _check_decodable(column, pattern)
        sequences: tuple[KeySequence, ...] = ()
        if is_key or pc.count_distinct(texts).as_py() >= MIN_DISTINCT_SHARE * n_present:
            sequences = _fit_sequences(pattern, split, config)
        return cls(column, encoders, pattern, sequences, n_present - n_found)

    @property
    def room(self) -> int | None:
        if self.column.kind is not ColumnKind.IDENTIFIER:
            return None
        return min(sequence.room for sequence in self.sequences)

    @property
    def max_length(self) -> int:
        return max(form.lengths.stop for form in self.pattern.forms) - 1

    @property
    def note(self) -> str | None:
        note = super().note
        if not self.n_outliers or note is None:
            return note
        return f"{note}; values without its pattern: {self.n_outliers:,}"

    def split(self, series: pd.Series) -> list[pd.Series]:
        texts = _texts_of(series)
        forms = self._form_encoder.categories.values  # none if protection made gaps of all
        commonest = int(forms[0]) if len(forms) else 0
        return _to_cells(self.pattern, self.pattern.split(texts), texts, commonest)

    @property
    def _form_encoder(self) -> CategoricalEncoder:
        encoder = self.part_encoders[0]
        assert isinstance(encoder, CategoricalEncoder)  # noqa: S101 - so `fit` made it
        return encoder

    def join(self, parts: list[pd.Series], rows: Rows, rng: np.random.Generator) -> pd.Series:
        names = pd.Index([str(index) for index in range(len(self.pattern.forms))])
        forms = names.get_indexer(pd.Index(parts[0], dtype=object))
        choices = []
        for number, values in enumerate(self.pattern.slots, 1):
            found = pd.Index(values).get_indexer(pd.Index(parts[number], dtype=object))
            choices.append(self._fill(found, number, rng))
        keys = np.zeros(len(rows), np.int64)
        for index, form in enumerate(self.pattern.forms):
            mine = np.flatnonzero(forms == index)
            if self.sequences:
                keys[mine] = self.sequences[index].keys(rows[mine])
            else:
                keys[mine] = rng.integers(form.n_keys, size=len(mine))
        return restore_dtype(self.pattern.join(forms, choices, keys, rng), self.column)

    def _fill(self, choices: Integers, number: int, rng: np.random.Generator) -> Integers:
        """Return the choices of a part, drawn by frequency where there is none; (n_rows,)."""
        encoder, values = self.part_encoders[number], self.pattern.slots[number - 1]
        open_rows = np.flatnonzero(choices < 0)
        counts = np.zeros(len(values))
        if isinstance(encoder, CategoricalEncoder):
            known = pd.Index(values).get_indexer(pd.Index(encoder.categories.values, dtype=object))
            counts[known] = encoder.category_counts
        shares = counts / counts.sum() if counts.any() else None
        filled = np.array(choices, np.int64)
        filled[open_rows] = rng.choice(len(values), len(open_rows), p=shares)
        return filled

    def keep_out(self, series: pd.Series) -> Self:
        split = self.pattern.split(_texts_of(series))
        sequences = tuple(
            sequence.keep_out(split.keys[split.forms == index])
            for index, sequence in enumerate(self.sequences)
        )
        return replace(self, sequences=sequences)

    def renumber(self, series: pd.Series, rows: Rows, rng: np.random.Generator) -> pd.Series:
        return self.join(self.split(series), rows, rng) if self.room is not None else series

    def to_cells(self, values: Sequence[object]) -> pd.Series:  # noqa: ARG002
        raise made_anew_error(self.column)

    def select_parts(self, clauses: list[Clause]) -> PartSelections:
        if not asks_only_for_gaps(clauses):
            raise made_anew_error(self.column)
        return PartSelections(
            {0: self.part_encoders[0].select([Clause(clauses[0].operator, None)])}
        )

    @property
    def holdings(self) -> tuple[Holding, ...]:
        forms = Holding("forms", len(self.pattern.forms), shown=str(self.pattern))
        choices = [replace(one, what="choices of form and part") for one in super().holdings]
        return (forms, *choices)

    def to_state(self) -> dict[str, Any]:
        return super().to_state() | {
            "pattern": str(self.pattern),
            "drawn": [form.drawn for form in self.pattern.forms],
            "sequences": [sequence.to_state() for sequence in self.sequences],
        }

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        text, drawn = state.text("pattern"), state.wholes("drawn", 0)
        pattern = state.build(lambda: Pattern.from_text_and_drawn(text, drawn))
        parts = read_parts(_part_columns(column, 1 + len(pattern.slots)), state)
        forms = set(map(str, range(len(pattern.forms))))
        for part, values in zip(parts, [forms, *pattern.slots], strict=True):
            known = part.categories.values if isinstance(part, CategoricalEncoder) else [None]
            state.check(set(known) <= set(values), "part_encoders", "has values not in the pattern")
        sequences = tuple(map(KeySequence.from_state, state.states("sequences")))
        n_keys = [form.n_keys for form in pattern.forms]
        are_all = [sequence.n_keys for sequence in sequences] == n_keys
        is_open = not sequences and column.kind is not ColumnKind.IDENTIFIER
        state.check(are_all or is_open, "sequences", "is not of the keys of the pattern")
        return cls(column, parts, pattern, sequences, state.whole("n_outliers", 0, MAX_ROWS))


def _texts_of(series: pd.Series) -> pa.Array:
    """Return the texts of a column, whatever its dtype, blank ones as gaps; (n_rows,)."""
    if is_text(series):
        return text_array(series)
    texts = series.astype(object).map(str).to_numpy(object)
    texts[series.isna().to_numpy()] = None
    return pa.array(texts, pa.large_string())


def _find_pattern(column: Column, present: pa.Array) -> Pattern:
    if column.pattern is None and not len(present):
        return Pattern((ANY_NUMBER,))
    if column.pattern is None:
        return infer_pattern(present) or nearest_pattern(present)
    return Pattern.from_text(column.pattern)


def _check_decodable(column: Column, pattern: Pattern) -> None:
    """Check on some texts of a pattern that no other key or form makes them too."""
    rng = np.random.default_rng(0)
    for index, form in enumerate(pattern.forms):
        keys = rng.integers(form.n_keys, size=N_CHECKED)
        choices = [rng.integers(len(values), size=N_CHECKED) for values in pattern.slots]
        texts = pattern.join(np.full(N_CHECKED, index), choices, keys, rng)
        split = pattern.split(pa.array(texts, pa.large_string()))
        wrong = np.flatnonzero((split.forms != index) | (split.keys != keys))
        if len(wrong):
            raise SchemaError(
                f"the pattern {column.pattern!r} of the column {column.name!r} makes "
                f"{texts[wrong[0]]!r} in two ways, so keys would repeat; part its forms or parts, "
                "or give the column the kind 'pattern'."
            )


def _part_columns(column: Column, n_parts: int) -> list[Column]:
    names = [f"{column.name}: form", *(f"{column.name}: choice {n}" for n in range(1, n_parts))]
    return [Column(name, ColumnKind.CATEGORICAL, "object", element="str") for name in names]


def _to_cells(
    pattern: Pattern, split: SplitTexts, texts: pa.Array, commonest: int
) -> list[pd.Series]:
    """Return the form of each row, the commonest where it has none, and its choices, as text."""
    missing = np.asarray(pc.is_null(texts)).astype(bool)
    forms = np.where(split.forms < 0, commonest, split.forms)
    names = np.array([str(index) for index in range(len(pattern.forms))], object)
    cells = [names[forms]]
    cells[0][missing] = None
    for values, choices in zip(pattern.slots, split.choices, strict=True):
        cells.append(np.array([*values, None], object)[choices])
    return [pd.Series(each, dtype=object) for each in cells]


def _fit_sequences(
    pattern: Pattern, split: SplitTexts, config: EncoderConfig
) -> tuple[KeySequence, ...]:
    """Return the keys of rows for each form, none of them the table's."""
    return tuple(
        KeySequence.fit(
            split.keys[split.forms == index],
            form.n_keys,
            config.rng,
            bits=form.free_bits,
            n_rows=config.n_rows,
            is_counter=form.is_counter,
            k=config.protection.k,
        )
        for index, form in enumerate(pattern.forms)
    )
