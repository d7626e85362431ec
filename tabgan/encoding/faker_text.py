"""Columns that the extra [faker] fills: names, addresses, companies, ..., by locale.

The schema asks for them. Faker makes its texts of its own lists and sees nothing of the table; for
names, addresses and the like, a text that is in the table by chance does not come (`text_filter`).
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.free_text.free_text import distinct_texts
from tabgan.encoding.free_text.text_filter import TextFilter
from tabgan.encoding.made_anew import (
    MadeAnewEncoder,
    check_holds_text,
    count_gaps,
    read_counts,
)
from tabgan.errors import MissingExtraError, SchemaError
from tabgan.schema import Column
from tabgan.schema.arrays import Objects
from tabgan.schema.faker_kinds import FAKER_KINDS, FakerKind
from tabgan.schema.holding import Holding
from tabgan.state_reader import StateReader

MAX_ATTEMPTS = 60  # to make a text that is none of the table; each one works out in about half


@dataclass(frozen=True)
class FakerEncoder(MadeAnewEncoder):
    """A column that Faker fills.

    Attributes:
        kept_out: Turns the table's own texts away.
    """

    kept_out: TextFilter

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Check that Faker can fill the column, and note which texts must not come.

        Raises:
            MissingExtraError: Faker is not installed.
            SchemaError: It has no such locale, or the column cannot hold text.
        """
        check_holds_text(column)
        make_faker(column)
        salt = int(config.rng.integers(2**63))
        bare = cls(column, **count_gaps(series), kept_out=TextFilter.of_texts([], salt))
        return bare.keep_out(series)

    @property
    def kind(self) -> FakerKind:
        """What fills the column."""
        return FAKER_KINDS[self.column.faker or "name"]

    def keep_out(self, series: pd.Series) -> Self:
        if not self.kind.is_kept_out:
            return self
        return replace(self, kept_out=self.kept_out.add(distinct_texts(series).to_pylist()))

    @property
    def note(self) -> str:
        locale = f" ({self.column.locale})" if self.column.locale else ""
        return f"{self.column.faker}: filled by Faker{locale}, not learned"

    def compose(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> Objects:
        salt = int(rng.integers(2**63))
        faker = make_faker(self.column)
        make = getattr(faker, self.kind.provider)
        texts, pending = np.full(len(rows), None, object), np.arange(len(rows))
        for attempt in range(MAX_ATTEMPTS):
            for index in pending:
                faker.seed_instance(f"{salt} {rows[index]} {attempt}")
                texts[index] = str(make()).replace("\n", ", ")
            pending = pending[self.kept_out.turns_away(texts[pending])]
            if len(pending) == 0:
                break
        for index in pending:
            texts[index] = f"{self.column.faker} {rows[index] + 1}"
        return texts

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return (self.kept_out.holding,)

    def to_state(self) -> dict[str, Any]:
        state = {f.name: getattr(self, f.name) for f in fields(self)[1:]}
        return state | {"kept_out": self.kept_out.to_state()}

    @classmethod
    def from_state(cls, column: Column, state: StateReader) -> Self:
        kept_out = TextFilter.from_state(state.state("kept_out"))
        return cls(column, **read_counts(state), kept_out=kept_out)


def make_faker(column: Column) -> Any:
    """Return an instance of Faker of its own random state for a column.

    Raises:
        MissingExtraError: Faker is not installed.
        SchemaError: It has no such locale.
    """
    purpose = f"the kind {column.faker!r} of the column {column.name!r}"
    try:
        from faker import Faker  # noqa: PLC0415 - an extra
        from faker.config import AVAILABLE_LOCALES, DEFAULT_LOCALE  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("Faker", "faker", purpose) from None
    locale = (column.locale or DEFAULT_LOCALE).replace("-", "_")
    if locale not in AVAILABLE_LOCALES:
        allowed = ", ".join(sorted(AVAILABLE_LOCALES))
        raise SchemaError(
            f"the column {column.name!r} has the locale {column.locale!r}, which Faker does not "
            f"know; allowed are {allowed}."
        )
    return Faker(locale)
