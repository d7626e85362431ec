"""What a file may hold of each encoder: it comes back as it was, or a sentence names the field."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column_encoder import ColumnEncoder, EncoderConfig
from tabgan.encoding.registry import fit_column, read_column
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.encoding.trial_cells import check_decodable
from tabgan.errors import ModelFileError
from tabgan.schema import Column, ColumnKind, TableSchema
from tabgan.schema.categories import Categories
from tabgan.state_reader import StateReader

N_ROWS = 300
State = dict[str, Any]


def make_columns() -> dict[str, pd.Series]:
    rng = np.random.default_rng(0)
    words = np.array(["red", "old", "boat", "near", "the", "river", "house", "green"])
    days = pd.bdate_range("2022-01-03", periods=200)
    columns = {
        "number": np.where(rng.random(N_ROWS) < 0.3, 0.0, rng.normal(size=N_ROWS).round(2)),
        "decimal": [Decimal(10**20 + int(v)).scaleb(-4) for v in rng.integers(0, 10**9, N_ROWS)],
        "level": rng.choice(["Ulm", "Pau", "Bonn"], N_ROWS),
        "many": [f"L{number}" for number in rng.permutation(np.arange(N_ROWS) % 600)],
        "day": rng.choice(days, N_ROWS),
        "moment": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 9**7, N_ROWS), "s"),
        "id": np.arange(N_ROWS, dtype="int16"),
        "key": [f"K-{number:05d}" for number in rng.permutation(N_ROWS)],
        "plate": [
            f"{c}-{n:03d}"
            for c, n in zip(
                rng.choice(["AB", "CD"], N_ROWS), rng.integers(0, 999, N_ROWS), strict=True
            )
        ],
        "text": [" ".join(rng.choice(words, 6)) for _ in range(N_ROWS)],
        "amount": [
            f"{v:.1f} MB" if v < 500 else f"{v / 1e3:.2f} GB" for v in rng.gamma(2, 400, N_ROWS)
        ],
        "marked": [
            str(v) if v < 40 else rng.choice(["?", "N/A"]) for v in rng.integers(0, 50, N_ROWS)
        ],
    }
    return {name: pd.Series(values, name=name) for name, values in columns.items()}


@pytest.fixture(scope="module")
def encoders() -> dict[str, ColumnEncoder]:
    frame = pd.DataFrame(make_columns())
    schema = TableSchema.infer(frame)
    kinds = {"many": ColumnKind.CATEGORICAL, "plate": ColumnKind.PATTERN, "text": ColumnKind.TEXT}
    config = EncoderConfig(np.random.default_rng(0))
    return {
        column.name: fit_column(column, frame[column.name], config)
        for column in (
            Column(**{**vars(c), "kind": kinds.get(str(c.name), c.kind)}) for c in schema.columns
        )
        if isinstance(column.name, str)
    }


def read(
    encoder: ColumnEncoder, change: Callable[[State], object] = lambda _: None
) -> ColumnEncoder:
    state = copy.deepcopy(encoder.to_state())
    change(state)
    return read_column(encoder.column, StateReader(state, "encoders/0"))


@pytest.mark.parametrize("name", make_columns())
def test_what_was_saved_decodes_to_the_same_cells(
    name: str, encoders: dict[str, ColumnEncoder]
) -> None:
    encoder, again = encoders[name], read(encoders[name])
    assert type(again) is type(encoder)
    cells = encoder.encode_parts(make_columns()[name], np.random.default_rng(1))
    rows = np.arange(N_ROWS)
    pd.testing.assert_series_equal(
        again.decode_parts(cells, rows, np.random.default_rng(2)),
        encoder.decode_parts(cells, rows, np.random.default_rng(2)),
    )


def part(number: int, **values: Any) -> Callable[[State], object]:
    """Return a change of the state of a part."""
    return lambda state: state["part_encoders"][number]["state"].update(values)


def put(*path: Any, value: Any) -> Callable[[State], object]:
    """Return a change of what stands at a path."""

    def change(state: State) -> None:
        inner: Any = state
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


FAULTS: list[tuple[str, Callable[[State], object], str]] = [
    ("number", put("frequencies", 0, value=np.nan), "frequencies holds numbers that are not from"),
    ("number", lambda s: s["frequencies"].fill(0), "frequencies says that no class"),
    ("number", put("knots", value=np.zeros((1, 3))), "encoders/0/knots is an array of float64"),
    ("number", put("spikes", -1, value=1e9), "spikes holds numbers"),
    ("number", put("step", value=3e-30), "step is 3e-30, which nothing is rounded to"),
    ("number", put("step", value=0), "step is 0, not from"),
    ("number", put("tick", value=-1.0), "tick is -1.0, not from"),
    ("number", put("minimum", value="0"), "minimum is '0', not a number"),
    ("number", put("maximum", value=-1e9), "maximum is -1000000000.0, not from"),
    ("decimal", put("step", value=0.5), "step is 0.5, none between whole numbers"),
    ("decimal", put("exact_spikes", value=[1, 1]), "exact_spikes is no row of spikes"),
    ("decimal", put("decimals", value=10**9), "decimals is 1000000000, not from 0 to 38"),
    ("decimal", put("knots", 0, 0, value=1e300), "knots holds numbers far beyond the reach"),
    ("level", put("levels", "values", 0, value=None), "levels/values/0 is no category"),
    ("level", put("levels", "values", 0, value={"timestamp": "x"}), "values/0 is no category"),
    ("level", put("levels", "values", 0, value={"decimal": "1e99999"}), "values/0 is no category"),
    ("level", put("levels", "values", value=["a"] * 3), "levels/values holds a category twice"),
    ("level", put("levels", "categories", value=["Ulm"]), "categories lacks some of the values"),
    ("level", put("level_counts", 0, value=0), "level_counts holds numbers"),
    ("level", put("n_own", value=10**9), "n_own is 1000000000, not from 0 to 3"),
    ("level", put("n_missing", value=-1), "n_missing is -1, not from"),
    (
        "level",
        lambda s: s.update(n_own=1, groups=np.array([0, 2])),
        "groups leaves a group without",
    ),
    ("day", put("calendar", "grid", value="fortnight"), "calendar cannot be: the grid 'fortnight'"),
    ("day", put("calendar", "weekdays", value=[]), "weekdays has none"),
    ("day", put("calendar", "weekdays", value=[7]), "weekdays/0 is 7, not from 0 to 6"),
    ("day", put("calendar", "anchor", value=10**15), "anchor is 1000000000000000, not from"),
    ("day", put("calendar", "stride", value=2**61), "part_encoders has no such week"),
    ("day", put("calendar", "constants", value={"eon": 1}), "constants has parts"),
    ("day", part(0, maximum=1e18), "part_encoders has no such week in its calendar"),
    ("day", lambda s: s["part_encoders"].pop(), "part_encoders has 1 parts, not 2"),
    ("moment", part(0, maximum=1e18), "part_encoders has no such moment"),
    ("id", put("sequence", "n_keys", value=2**63), "sequence/n_keys is 9223372036854775808, not"),
    ("id", put("low", value=2**40), "low leads to keys beyond the dtype int16"),
    ("id", put("rule", value="isbn10"), "rule is 'isbn10', not one of"),
    ("id", put("sequence", "modulus", value=8), "remainders is None, not an array"),
    ("key", put("pattern", value="K-{"), "cannot be: the pattern 'K-{' has a '{' by itself"),
    ("key", put("drawn", value=[9]), "cannot be: 9 choices are drawn of a form that has fewer"),
    ("key", put("drawn", value=[]), "encoders/0 cannot be"),
    ("key", put("sequences", value=[]), "sequences is not of the keys of the pattern"),
    ("key", put("sequences", 0, "n_keys", value=400), "sequences is not of the keys"),
    (
        "key",
        lambda s: s["part_encoders"][0]["state"]["levels"].update(values=["x"]),
        "not in the p",
    ),
    ("text", put("walk", "targets", 0, value=10**6), "walk/targets holds numbers"),
    ("text", put("walk", "start_lengths", 0, value=10**9), "start_lengths holds numbers"),
    ("text", lambda s: s["walk"]["end_shares"].fill(0), "starts from which no walk ends"),
    ("text", lambda s: s["walk"]["node_words"].fill(-1), "targets leads from hub to hub"),
    ("text", put("kept_out", "n_bits", value=100), "n_bits is no power of two"),
    ("text", put("kept_out", "salt", value=-1), "salt is -1, not from"),
    ("amount", lambda s: s["numbers"].pop(), "numbers has 1 units, not 2 as its format"),
    ("amount", put("numbers", 0, "column", "kind", value="text"), "kind is 'text', not one of"),
    ("amount", put("frequencies", value=np.zeros(1)), "frequencies is an array"),
    ("marked", put("marks", "levels", "values", 0, value="-"), "marks holds none of the column's"),
]


@pytest.mark.parametrize(("name", "change", "message"), FAULTS)
def test_a_state_that_cannot_be_is_refused(
    name: str,
    change: Callable[[State], object],
    message: str,
    encoders: dict[str, ColumnEncoder],
) -> None:
    with pytest.raises(ModelFileError, match=message):
        read(encoders[name], change)


def test_a_filter_that_turns_everything_away_is_refused(
    encoders: dict[str, ColumnEncoder],
) -> None:
    bits = np.full(32, 255, np.uint8)
    with pytest.raises(ModelFileError, match="kept_out/bits turns all texts away"):
        read(encoders["text"], lambda s: s["kept_out"].update(bits=bits, n_bits=256))


TEMPLATES: list[tuple[State, str]] = [
    ({"templates": [["digit", ""]]}, "templates holds one that is none"),
    ({"templates": ["digit"]}, "templates holds one that is none"),
    ({"templates": [["digit", {}]]}, "templates holds one that is none"),
    ({"templates": [["K", "digit"]], "first": 10}, "first is beyond all keys"),
]


@pytest.mark.parametrize(("change", "message"), TEMPLATES)
def test_templates_of_older_releases_are_checked(change: State, message: str) -> None:
    column = Column("key", ColumnKind.IDENTIFIER, "object", element="str")
    sound = {"templates": [["K", "digit"]], "first": 3, "key": 5, "n_present": 9, "n_missing": 0}
    encoder = read_column(column, StateReader(sound, "encoders/0"))
    assert encoder.renumber(pd.Series(["K1"]), np.arange(1), np.random.default_rng(0)).size == 1
    with pytest.raises(ModelFileError, match=message):
        read_column(column, StateReader(sound | change, "encoders/0"))


def test_levels_that_the_dtype_cannot_hold_are_refused(encoders: dict[str, ColumnEncoder]) -> None:
    state = StateReader(encoders["level"].to_state(), "encoders/0")
    schema = TableSchema((Column("level", ColumnKind.CATEGORICAL, "int64"),))
    with pytest.raises(ModelFileError, match="encoders/0 makes no values of the column 'level' of"):
        TableEncoder.from_state(schema, [state])


def test_every_class_is_tried(encoders: dict[str, ColumnEncoder]) -> None:
    for encoder in encoders.values():
        check_decodable(encoder, StateReader({}, "encoders/0"))


def test_whole_numbers_beyond_their_dtype_are_refused() -> None:
    column = Column("x", ColumnKind.INTEGER, "int64")
    values = pd.Series(2**60 + np.random.default_rng(0).integers(0, 10**6, 200), name="x")
    state = fit_column(column, values, EncoderConfig(np.random.default_rng(0))).to_state()
    read_column(column, StateReader(state))
    narrow = Column("x", ColumnKind.INTEGER, "int32")
    with pytest.raises(ModelFileError, match="origin and reach are beyond the dtype int32"):
        read_column(narrow, StateReader(state))


def test_categories_of_every_type_come_back() -> None:
    values = [
        "a", 1, 2.5, True, float("inf"), Decimal("1.50"), pd.Timestamp("2024-02-29"),
        pd.Timedelta("1D"), pd.Period("2024-02", "M"), pd.Interval(0, 2),
    ]  # fmt: skip
    column = Column("x", ColumnKind.CATEGORICAL, "object")
    for value in values:
        categories = Categories.from_series(pd.Series([value], dtype=object, name="x"), column)
        again = Categories.from_state(column, StateReader(categories.to_state()))
        assert again.objects.tolist() == [value, None]


def test_the_longest_text_is_known(encoders: dict[str, ColumnEncoder]) -> None:
    lengths = {name: encoder.max_length for name, encoder in encoders.items()}
    assert lengths["level"] == 4
    assert lengths["plate"] == 6
    assert lengths["number"] == 0
    assert 20 < lengths["text"] < 60
