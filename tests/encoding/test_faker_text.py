"""Columns that Faker fills: by kind and locale, from the seed and the row, never the table's."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from faker import Faker

from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.faker_text import FakerEncoder
from tabgan.encoding.registry import encoder_of
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import ConditionError, MissingExtraError, SchemaError
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.faker_kinds import FAKER_KINDS
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

REAL = pd.Series(["Ann Ash", None, "Bo Birch", "Cleo Cedar"] * 5, name="x", dtype=object)


def declared(kind: str, locale: str | None = None, dtype: str = "object") -> Column:
    entry = {"name": "x", "kind": kind, "dtype": dtype, "element": "str"}
    return Column.from_dict(entry if locale is None else {**entry, "locale": locale})


def fit(column: Column, series: pd.Series = REAL) -> FakerEncoder:
    return FakerEncoder.fit(column, series, EncoderConfig(np.random.default_rng(0)))


def decode(encoder: FakerEncoder, n_rows: int, seed: int = 1) -> pd.Series:
    cells = EncodedColumn(np.zeros(n_rows, np.int32), np.zeros(n_rows, np.float32))
    return encoder.decode(cells, np.arange(n_rows), np.random.default_rng(seed))


@pytest.mark.parametrize("kind", FAKER_KINDS)
def test_every_kind_is_filled_and_survives_json(kind: str) -> None:
    column = declared(kind, "de_DE")
    assert (column.kind, column.faker, column.locale) == (ColumnKind.TEXT, kind, "de_DE")
    entry = json.loads(json.dumps(column.to_dict()))
    assert entry["kind"] == kind
    assert "faker" not in entry
    assert Column.from_dict(entry) == column
    assert encoder_of(column) is FakerEncoder
    made = decode(fit(column), 20)
    assert made.str.len().min() > 1
    assert not made.str.contains("\n").any()
    assert made.nunique() > 10


def test_the_locale_decides() -> None:
    german = decode(fit(declared("postcode", "de_DE")), 20)
    dutch = decode(fit(declared("postcode", "nl-NL")), 20)
    assert german.str.fullmatch(r"\d{5}").all()
    assert dutch.str.fullmatch(r"\d{4} ?[A-Z]{2}").all()


def test_rows_depend_on_seed_and_number_alone() -> None:
    encoder = fit(declared("name"))
    whole = decode(encoder, 30)
    assert decode(encoder, 10).tolist() == whole[:10].tolist()
    assert decode(encoder, 30, seed=2).tolist() != whole.tolist()
    Faker.seed(7)  # the random state that all of Faker's users share
    shared = Faker().name()
    Faker.seed(7)
    assert decode(encoder, 30).tolist() == whole.tolist()
    assert Faker().name() == shared


def test_gaps_and_dtype_stay() -> None:
    for dtype in ("string", "object"):
        series = REAL.astype(dtype)
        encoder = fit(declared("name", dtype=dtype), series)
        cells = encoder.encode(series, np.random.default_rng(0))
        made = encoder.decode(cells, np.arange(len(series)), np.random.default_rng(0))
        assert made.dtype == series.dtype
        assert (made.isna() == series.isna()).all()


def test_names_of_the_table_do_not_come() -> None:
    column = declared("name", "de_DE")
    usual = decode(fit(column), 200)
    real = pd.concat([usual, REAL], ignore_index=True)
    assert not set(decode(fit(column, real), 200)) & set(real)
    assert set(decode(fit(column).keep_out(usual), 200)).isdisjoint(usual)


def test_countries_of_the_table_may_come() -> None:
    column = declared("country")
    usual = decode(fit(column), 50)
    assert decode(fit(column, usual), 50).tolist() == usual.tolist()


def test_a_table_with_it_is_saved_and_read() -> None:
    frame = REAL.to_frame("x")
    schema = TableSchema((declared("name", "fr_FR"),))
    rng = np.random.default_rng(0)
    encoder = TableEncoder.fit(frame, schema, EncoderConfig(rng), lambda done, total: None)
    again = TableEncoder.from_state(
        TableSchema.from_dict(schema.to_dict()), list(map(StateReader, encoder.to_state()))
    )
    table, rows = encoder.encode(frame, rng), np.arange(len(frame))
    ours, theirs = (each.decode(table, rows, np.random.default_rng(1)) for each in (encoder, again))
    pd.testing.assert_frame_equal(ours, theirs)
    assert again.encoders[0].note == "name: filled by Faker (fr_FR), not learned"


def test_without_faker_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = fit(declared("name"))
    for name in [name for name in sys.modules if name.split(".")[0] == "faker"]:
        monkeypatch.setitem(sys.modules, name, None)
    sentence = r"the kind 'name' of the column 'x' needs Faker, .* with its extra \[faker\]"
    with pytest.raises(MissingExtraError, match=sentence):
        fit(declared("name"))
    with pytest.raises(MissingExtraError, match=sentence):
        decode(encoder, 3)


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"'x' has the locale 'xx_XX', .*; allowed are .*de_DE"):
        fit(declared("name", "xx_XX"))


def test_names_cannot_be_asked_for() -> None:
    with pytest.raises(ConditionError, match="'x' is filled by Faker with the kind name"):
        fit(declared("name")).select([Clause("=", "Ann Ash")])


def test_numbers_cannot_be_filled() -> None:
    with pytest.raises(SchemaError, match="'x' has the dtype int64, which cannot hold the name"):
        fit(declared("name", dtype="int64"), pd.Series([1, 2]))


ENTRY = {"name": "x", "dtype": "str"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "nmae"}, ["'x'", "'nmae'", "[faker]", "street_address"]),
        ({"kind": "integer", "faker": "name"}, ["'x'", "'name'", "'integer'", "as its kind"]),
        ({"kind": "text", "faker": "nmae"}, ["'x'", "'nmae'", "street_address"]),
        ({"kind": "text", "faker": ["name"]}, ["'x'", "['name']"]),
        ({"kind": "name", "faker": "email"}, ["'x'", "'email'", "'name'"]),
        ({"kind": "text", "locale": "de_DE"}, ["'x'", "'de_DE'", "'text'"]),
        ({"kind": "name", "locale": 3}, ["'locale'", "'x'", "3"]),
    ],
)
def test_an_entry_that_cannot_be_read(entry: dict[str, object], words: list[str]) -> None:
    with pytest.raises(SchemaError) as refused:
        Column.from_dict({**ENTRY, **entry})
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_text_filled_by_a_kind_is_that_kind() -> None:
    column = Column.from_dict({**ENTRY, "kind": "text", "faker": "name"})
    assert column == Column.from_dict({**ENTRY, "kind": "name"})
