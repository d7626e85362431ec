"""Numbers in text whose unit varies, such as `EUR 12.50` and `USD 8.00`: a number and its unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.composite import CompositeEncoder, fit_parts
from tabgan.encoding.encoded_column import Rows
from tabgan.schema import Column, ColumnKind
from tabgan.schema.number_kinds import number_kind
from tabgan.schema.text import text_array
from tabgan.schema.text.number_format import NumberFormats
from tabgan.schema.text.strings import text_series


@dataclass(frozen=True)
class AmountEncoder(CompositeEncoder):
    """A column of amounts: its first part is the number, its second the unit, a category.

    The column's format says how amounts of each unit are written.
    """

    @classmethod
    def fit(cls, column: Column, series: pd.Series, config: EncoderConfig) -> Self:
        """Fit an encoder to the numbers and one to the units."""
        cells = cls(column, ()).split(series)
        kind = number_kind(cells[0].to_numpy(np.float64), is_target=True)
        columns = [
            Column(f"{column.name}: number", kind, "float64"),
            Column(f"{column.name}: unit", ColumnKind.CATEGORICAL, "object", element="str"),
        ]
        return cls(column, fit_parts(columns, cells, config))

    @property
    def _formats(self) -> NumberFormats:
        return NumberFormats.from_text(self.column.format or "")

    def split(self, series: pd.Series) -> list[pd.Series]:
        variants, numbers = self._formats.parse(text_array(series))
        names = np.array([str(number) for number in range(len(self._formats.variants))], object)
        units = pd.Series(names[variants], dtype=object).mask(np.isnan(numbers))
        return [pd.Series(numbers), units]

    def join(
        self,
        parts: list[pd.Series],
        rows: Rows,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> pd.Series:
        numbers, units = parts
        missing = numbers.isna().to_numpy()
        variants = units.fillna(self._commonest_unit).to_numpy(object).astype(np.int64)
        texts = self._formats.write(variants, numbers.to_numpy(np.float64))
        return text_series(texts, missing, self.column, None)

    @property
    def _commonest_unit(self) -> str:
        units = self.part_encoders[1]
        return str(units.categories.values[0]) if isinstance(units, CategoricalEncoder) else "0"

    def to_cells(self, values: Sequence[object]) -> pd.Series:
        return pd.Series([str(value) for value in values], dtype=object)
