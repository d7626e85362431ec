"""Whole numbers that are keys: not learned, but made anew, exactly and within their dtype."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.decimal_steps import find_lattice
from tabgan.encoding.encoded_column import Rows
from tabgan.encoding.generalization import check_rows
from tabgan.encoding.keys.key_sequence import MAX_KEYS, KeySequence, are_counted, round_out, trim
from tabgan.encoding.made_anew import MadeAnewEncoder, read_counts
from tabgan.schema import Column, dtype_of
from tabgan.schema.arrays import Integers, Objects
from tabgan.schema.holding import Holding
from tabgan.schema.text.patterns.check_digits import CHECK_RULES, NUMBER_RULES, find_number_rule
from tabgan.schema.whole_dtypes import can_hold
from tabgan.state_reader import StateReader

MIN_SPARSE_FACTOR = 100  # numbers in the table's range, over its rows, that leave room within it
MIN_ROOM_FACTOR = 2  # new keys, over the table's rows, that are room enough
MAX_EXACT_FLOAT = 2**53
MAX_OBJECT = 10**100  # Python's integers have no end
Offsets = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class NumberRange:
    """Whole numbers from `low` to `high`, in steps."""

    low: int
    high: int
    step: int = 1

    @property
    def n_keys(self) -> int:
        """How many numbers there are, as far as they are told apart."""
        return min((self.high - self.low) // self.step + 1, MAX_KEYS)

    def keys_of(self, numbers: "_Numbers") -> Integers:
        """Return the numbers of the range among others, as steps above its low end; (n_found,)."""
        lift = numbers.low - self.low
        if lift >= 2 * MAX_KEYS:
            return np.zeros(0, np.int64)
        keys = numbers.offsets if lift < 0 else numbers.offsets + np.full(1, lift, np.uint64)
        keys = keys if lift >= 0 else keys[keys >= -lift] - np.full(1, -lift, np.uint64)
        keys //= np.full(1, self.step, np.uint64)
        return keys[keys < self.n_keys].astype(np.int64)


@dataclass(frozen=True)
class _Numbers:
    """Numbers of a column: the lowest, the highest, and how far each lies above the lowest.

    Shape:
        - offsets: (n_numbers,); those beyond 2^63 are as good as 2^63
    """

    low: int
    high: int
    offsets: Offsets

    @classmethod
    def of(cls, present: pd.Series) -> Self:
        """Return the numbers of a column without gaps, whatever its dtype; (n_numbers,)."""
        values = present.to_numpy()
        if values.dtype.kind not in "iu":
            values = np.array([int(value) for value in values.tolist()], object)
        low, high = int(values.min()), int(values.max())
        if values.dtype.kind in "iu":
            words = values.astype(np.int64 if values.dtype.kind == "i" else np.uint64)
            return cls(low, high, words.view(np.uint64) - np.full(1, low % 2**64, np.uint64))
        offsets = [min(value - low, 2**63) for value in values]
        return cls(low, high, np.array(offsets, np.uint64))

    def without_last_digit(self) -> Self:
        """Return the numbers without their last digit."""
        ends = np.full(1, self.low % 10, np.uint64)
        tens = (self.offsets + ends) // np.full(1, 10, np.uint64)
        return type(self)(self.low // 10, self.high // 10, tens)

    def protect(self, k: int) -> Self:
        """Return numbers of which fewer than k rows say nothing: within round ends, on one step."""
        ordered = np.unique(self.offsets)
        if k == 1:
            return self
        if len(ordered) <= 2 * k:
            return type(self)(0, len(ordered), np.arange(len(ordered) + 1, dtype=np.uint64))
        step, phase = find_lattice(ordered, k)
        inner = trim(ordered[ordered % np.full(1, step, np.uint64) == phase], k)
        low = round_out(self.low + int(inner[0]), up=False)
        high = round_out(self.low + int(inner[-1]), up=True)
        return type(self)(low + (self.low + phase - low) % step, high, inner - inner[0])

    @property
    def step(self) -> int:
        """The largest number whose multiples all offsets are."""
        return int(np.gcd.reduce(self.offsets)) or 1


@dataclass(frozen=True)
class IdentifierEncoder(MadeAnewEncoder):
    """A column of keys that are whole numbers.

    A number is `low` and `step` times the key, with a check digit behind if there is a rule for it.

    Attributes:
        low: The number of key 0.
        step: Between the numbers of neighbouring keys.
        rule: By which a check digit follows from the rest of the number, or None.
        sequence: The keys of rows.
    """

    low: int
    step: int
    rule: str | None
    sequence: KeySequence

    IS_UNIQUE: ClassVar[bool] = True

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Find numbers that are free: behind the largest if they count, else among them."""
        present, k = series.dropna(), config.protection.k
        check_rows(column, len(present), k, has_others=len(present) < len(series))
        numbers = _Numbers.of(present)
        rule = find_number_rule([int(value) for value in present.tolist()])
        numbers = numbers if rule is None else numbers.without_last_digit()
        limits = _limits_of(column, 1 if rule is None else 10)
        best: tuple[NumberRange, KeySequence] | None = None
        for numbers_range in _ranges(numbers.protect(k), max(len(present), config.n_rows), limits):
            taken, n_keys = numbers_range.keys_of(numbers), numbers_range.n_keys
            sequence = KeySequence.fit(taken, n_keys, config.rng, n_rows=config.n_rows, k=k)
            if best is None or sequence.room > best[1].room or sequence.first:
                best = numbers_range, sequence
            if sequence.first or sequence.room >= MIN_ROOM_FACTOR * len(present):
                break
        assert best is not None  # noqa: S101 - the range of the dtype is always tried
        counts = {"n_present": len(present), "n_missing": len(series) - len(present)}
        found = best[0]
        return cls(column, **counts, low=found.low, step=found.step, rule=rule, sequence=best[1])

    @property
    def room(self) -> int:
        return self.sequence.room

    def compose(self, rows: Rows, rng: np.random.Generator) -> Objects:  # noqa: ARG002
        numbers = self.sequence.keys(rows).astype(object) * self.step + self.low
        if self.rule is None or not len(rows):
            return np.asarray(numbers, object)
        bodies = np.array([f"{number}0" for number in numbers])
        checks = CHECK_RULES[self.rule].digits(bodies).astype(np.int64)
        return np.asarray(numbers * 10 + checks.astype(object), object)

    def keep_out(self, series: pd.Series) -> Self:
        present = series.dropna()
        if present.empty:
            return self
        numbers = _Numbers.of(present)
        numbers = numbers if self.rule is None else numbers.without_last_digit()
        keys = NumberRange(self.low, MAX_OBJECT, self.step).keys_of(numbers)
        return replace(self, sequence=self.sequence.keep_out(keys[keys < self.sequence.n_keys]))

    @property
    def holdings(self) -> tuple[Holding, ...]:
        high = self.low + self.step * (self.sequence.n_keys - 1)
        return (Holding("range of keys", shown=f"{self.low} to {high}"),)

    def to_state(self) -> dict[str, Any]:
        return super().to_state() | {"sequence": self.sequence.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        counts, limits = read_counts(state), _limits_of(column, 1)
        if "templates" in state.values:  # of an older release: numbers went on counting
            low = state.whole("first", -MAX_OBJECT, MAX_OBJECT) - 1
            room = max(min(limits.high - low + 1, MAX_KEYS), 2)
            is_within = can_hold(column, low, low + room - 1, decimals=0)
            state.check(is_within, "first", f"is beyond the dtype {column.dtype}")
            sequence = KeySequence(room, state.whole("key"), first=1)
            return cls(column, **counts, low=low, step=1, rule=None, sequence=sequence)
        sequence = KeySequence.from_state(state.state("sequence"))
        low = state.whole("low", -MAX_OBJECT, MAX_OBJECT)
        step = state.whole("step", 1, MAX_OBJECT)
        rule = state.text("rule", NUMBER_RULES) if state.has("rule") else None
        high = low + (sequence.n_keys - 1) * step
        if rule is not None:
            state.check(low >= 0, "low", "is below 0, where no check digit follows")
            high = 10 * high + 9
        fits = can_hold(column, low, high, decimals=0)
        state.check(fits, "low", f"leads to keys beyond the dtype {column.dtype}")
        return cls(column, **counts, low=low, step=step, rule=rule, sequence=sequence)


def holds_numbers(column: Column) -> bool:
    """Return whether the cells of a column are numbers as such, not text."""
    dtype = dtype_of(column.dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        return column.element in {"int", "uint", "float", "Decimal"}
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def _limits_of(column: Column, divisor: int) -> NumberRange:
    """Return the numbers that the dtype of a column can hold, without their last digit if asked."""
    dtype = dtype_of(column.dtype)
    dtype = getattr(dtype, "subtype", dtype)  # of a sparse column
    plain = getattr(dtype, "numpy_dtype", dtype)  # of a nullable or an Arrow one
    if getattr(plain, "kind", "O") in "iu":
        low, high = int(np.iinfo(plain).min), int(np.iinfo(plain).max)
    elif getattr(plain, "kind", "O") == "f":
        low, high = -MAX_EXACT_FLOAT, MAX_EXACT_FLOAT
    else:
        low, high = -MAX_OBJECT, MAX_OBJECT
    return NumberRange(-(-low // divisor), (high + 1) // divisor - 1)  # any last digit fits


def _ranges(numbers: _Numbers, n_rows: int, limits: NumberRange) -> Iterator[NumberRange]:
    """Yield the ranges in which free numbers are looked for, the best first."""
    low, high, step = numbers.low, numbers.high, numbers.step
    shortest, longest = len(str(abs(low))), len(str(abs(high)))
    is_counted = are_counted(np.unique(numbers.offsets // np.full(1, step, np.uint64)), n_rows)
    ends = [(low, limits.high)] if is_counted else []
    if (high - low) // step >= MIN_SPARSE_FACTOR * n_rows:
        ends.append((low, high))
    if low >= 0:
        ends.append((10 ** (shortest - 1) if shortest > 1 else 0, 10**longest - 1))
    ends += [(min(low, 0), limits.high), (low if low >= 0 else limits.low, limits.high)]
    for first, last in ends:
        start = max(first, limits.low)
        aligned = start + (numbers.low - start) % step
        yield NumberRange(aligned, max(min(last, limits.high), aligned), step)
