"""New keys: unique, of the table's pattern, behind its largest key where enough are left."""

import re

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.identifier import IdentifierEncoder
from tabgan.errors import ConditionError
from tabgan.schema import ColumnKind, TableSchema
from tabgan.schema.predicates import Clause

RNG = np.random.default_rng(5)
KEYS: dict[str, tuple[pd.Series, str]] = {
    "counter": (pd.Series(range(1, 401)), r"\d+"),
    "padded": (pd.Series([f"ID{i:06d}" for i in range(300)]), r"ID\d{6}"),
    "customer": (
        pd.Series([f"{i:04d}-" + "".join(RNG.choice(list("ABCXYZ"), 5)) for i in range(300)]),
        r"\d{4}-[A-Z]{5}",
    ),
    "uuid": (
        pd.Series(["-".join(RNG.bytes(n).hex() for n in (4, 2, 2, 2, 6)) for _ in range(300)]),
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    "names": (
        pd.Series([f"Mr. {'a' * (i % 7 + 2)}{i}" for i in range(300)]),
        r"Mr|[A-Z][a-z]\. .*",
    ),
}


def make(series: pd.Series, n_rows: int) -> pd.Series:
    schema = TableSchema.infer(series.to_frame("key"))
    assert schema.columns[0].kind is ColumnKind.IDENTIFIER
    config = EncoderConfig(np.random.default_rng(0))
    encoder = IdentifierEncoder.fit(schema.columns[0], series, config)
    cells = EncodedColumn(np.zeros(n_rows, np.int32), np.zeros(n_rows, np.float32))
    return encoder.decode(cells, np.arange(n_rows), np.random.default_rng(1))


@pytest.mark.parametrize("name", KEYS)
def test_new_keys_are_unique_and_of_the_pattern(name: str) -> None:
    seen, pattern = KEYS[name]
    made = make(seen, 20_000)
    assert made.is_unique
    assert made.dtype == seen.dtype
    assert all(re.fullmatch(pattern, str(key)) for key in made[:500])


@pytest.mark.parametrize("name", ["counter", "padded"])
def test_new_keys_lie_behind_those_of_the_table(name: str) -> None:
    seen, _ = KEYS[name]
    assert not set(make(seen, 5_000)) & set(seen)


def test_a_counter_goes_on_counting_in_its_pattern() -> None:
    made = make(pd.Series([f"AB-{i:06d}" for i in range(900)]), 5_000)
    assert made.str.fullmatch(r"AB-\d{6}").all()
    assert (made.str[3:].astype(int) >= 900).all()


def test_a_small_pattern_goes_on_with_longer_keys() -> None:
    made = make(pd.Series([f"{a}{b}" for a in "ABCDE" for b in "VWXYZ"]), 3_000)
    assert made.is_unique


def test_keys_cannot_be_asked_for() -> None:
    series = KEYS["padded"][0]
    schema = TableSchema.infer(series.to_frame("key"))
    config = EncoderConfig(np.random.default_rng(0))
    encoder = IdentifierEncoder.fit(schema.columns[0], series, config)
    with pytest.raises(ConditionError, match="'key' is an identifier"):
        encoder.select([Clause("=", "ID000001")])
