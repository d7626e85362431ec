"""Numbers in text with signs, units and separators: read, and written back as they came."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tabgan.errors import ConditionError, SchemaError
from tabgan.schema import Column, ColumnKind, TableSchema, dtype_of, restore_dtype
from tabgan.schema.float_conversion import to_float, value_to_float
from tabgan.schema.inference import infer_column
from tabgan.schema.predicates import Clause, matches
from tabgan.schema.text import NumberFormat, NumberFormats
from tabgan.schema.text.numbers.number_format import Affixes
from tabgan.schema.text.numbers.number_inference import infer_number_formats
from tabgan.schema.text.numbers.numeral import Numeral

NBSP, NARROW, THIN, MINUS = "\u00a0", "\u202f", "\u2009", "\u2212"


def texts_of(values: list[str]) -> pa.Array:
    return pa.array(values, pa.large_string())


def parse(values: list[str]) -> list[float]:
    formats = infer_number_formats(texts_of(values))
    assert formats is not None
    assert formats.single is not None
    return [float(number) for number in formats.parse(texts_of(values))[1]]


MEMBERS: dict[str, tuple[list[str], list[float]]] = {
    "$#,##0.00": (["$1,234.50", "$0.25", "-$7.00"], [1234.5, 0.25, -7]),
    "$#,##0.00;$-#,##0.00": (["$1,234.50", "$-7.00"], [1234.5, -7]),
    "$#,##0.00;($#,##0.00)": (["$1,234.50", "($7.00)"], [1234.5, -7]),
    "US$#,##0": (["US$1,234", "US$56"], [1234, 56]),
    "#.##0,00 €": (["1.234,50 €", "0,99 €"], [1234.5, 0.99]),
    "€0;€-0": (["€-5", "€6"], [-5, 6]),
    "₹#,##,##0": (["₹1,39,900", "₹12,34,56,789", "₹500"], [139900, 123456789, 500]),
    "R$ #.##0,00": (["R$ 1.234,56", "R$ 10,00"], [1234.56, 10]),
    "# ##0,00 zł": (["1 234,56 zł", "99,00 zł"], [1234.56, 99]),
    f"#{NBSP}##0,00{NBSP}€": ([f"1{NBSP}234,56{NBSP}€", f"2,50{NBSP}€"], [1234.56, 2.5]),
    f"#{NARROW}##0{NARROW}F": ([f"1{NARROW}234{NARROW}F", f"56{NARROW}F"], [1234, 56]),
    f"#{THIN}##0.0": ([f"1{THIN}234.5", "56.0"], [1234.5, 56]),
    "CHF #'##0.00": (["CHF 1'234.50", "CHF 20.00"], [1234.5, 20]),
    "#\u2019##0": (["1\u2019234", "999"], [1234, 999]),
    "0%": (["15%", "-3%"], [15, -3]),
    "0,0 %": (["12,5 %", "3,0 %"], [12.5, 3]),
    "#,##0;(#,##0)": (["(1,200)", "35"], [-1200, 35]),
    "0 km/h": (["5 km/h", "120 km/h"], [5, 120]),
    "0.0°F": (["98.6°F", "101.0°F"], [98.6, 101]),
    "0.# GB": (["3.2 GB", "16 GB"], [3.2, 16]),
    "0.0# kmpl": (["19.67 kmpl", "21.0 kmpl"], [19.67, 21]),
    "0 CC": (["998 CC", "1197 CC"], [998, 1197]),
    "0.0 l/100 km": (["5.6 l/100 km", "7.1 l/100 km"], [5.6, 7.1]),
    "0 m2": (["30 m2", "125 m2"], [30, 125]),
    "#,##0": (["3,141", "5,002"], [3141, 5002]),
    "0,000": (["3,141", "0,250"], [3.141, 0.25]),
    "0,#": (["3,1", "-0,25", "7"], [3.1, -0.25, 7]),
    "0.000 kg": (["3.141 kg", "5.002 kg"], [3.141, 5.002]),
    "#.##0 kg": (["3.141 kg", "56 kg"], [3141, 56]),
    "#.##0 €": (["3.141 €", "5.002 €"], [3141, 5002]),
    "#.##0": (["1.234.567", "12"], [1234567, 12]),
    "+0": (["+1", "-2"], [1, -2]),
    "+0.0;-0.0;0.0": (["+1.5", "-2.0", "0.0"], [1.5, -2, 0]),
    f"0;{MINUS}0": ([f"{MINUS}4", "3"], [-4, 3]),
    "0;- 0": (["- 4", "3"], [-4, 3]),
    "0;0-": (["4-", "3"], [-4, 3]),
    " 0 months": ([" 36 months", " 60 months"], [36, 60]),
    "$0.00/hr": (["$51.20/hr", "$8.00/hr"], [51.2, 8.0]),
    "Rs. #,##0/-": (["Rs. 1,500/-", "Rs. 80/-"], [1500, 80]),
    "₹#,##0 / night": (["₹1,500 / night", "-₹80 / night"], [1500, -80]),
}


@pytest.mark.parametrize("written", MEMBERS)
def test_usual_ways_of_writing_numbers(written: str) -> None:
    texts, numbers = MEMBERS[written]
    formats = infer_number_formats(texts_of(texts))
    assert formats is not None
    assert formats.text == written
    assert NumberFormats.from_text(written) == formats
    assert parse(texts) == numbers
    assert formats.write(*formats.parse(texts_of(texts))).tolist() == texts


@pytest.mark.parametrize(
    "values",
    [
        ["00501", "12345"],
        ["1234567890123456", "1234567890123457"],
        ["+49 30 1234567", "+49 30 7654321"],
        [f"555 {n} {n + 7}" for n in range(100, 120)],
        ["(555) 123-4567", "(555) 123-9999"],
        ["12.03.2016", "01.02.2017"],
        ["3 Sep 2016", "14 May 2017"],
        ["14 May", "3 June"],
        ["10:30", "11:45"],
        ["12/A", "14/B"],
        ["5 PM", "11 AM"],
        ["10.0.0.1", "10.0.0.2"],
        ["192.168.100.101", "192.168.100.102"],
        ["1.2.10", "1.2.11"],
        ["PC 17599", "PC 17600"],
        ["INV 1001", "INV 1002"],
        ["user 17", "user 18"],
        ["B12", "C14"],
        ["12B", "14C", "12C"],
        ["12A5", "13A5"],
        ["1e5 kg", "2e5 kg"],
        ["7590-VHVEG", "5575-GNVDE"],
        ["12345-6789", "12345-1111"],
        ["1234 AB", "2345 CD", "3456 EF"],
        ["1st", "2nd", "3rd"],
        ["18 to 25", "26 to 35"],
        ["10+ years", "2 years"],
        ["5'11\"", "6'2\""],
        ["1,23,4", "5"],
        ["1.234,5,6 €", "7 €"],
        ["0x10", "0x11"],
        ["$", "€"],
        ["-", "5 kg"],
        ["", "5"],
    ],
    ids=lambda values: values[0],
)
def test_codes_stay_codes(values: list[str]) -> None:
    assert infer_number_formats(texts_of(values)) is None


@pytest.mark.parametrize("digit", ["0", "5"])
def test_no_text_is_no_number(digit: str) -> None:
    assert infer_number_formats(pa.array([None, None], pa.large_string())) is None
    assert infer_number_formats(texts_of([digit])) is not None


UNITS = [("", ""), ("$", ""), ("€ ", ""), ("R$ ", ""), ("USD", ""), ("CHF ", ""), ("", " €")]
UNITS += [("", "%"), ("", f"{NBSP}%"), ("", " kmpl"), ("", "km/h"), ("", f"{NARROW}°C"), ("£", "M")]
MARKS = [("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("'", "."), (NARROW, ",")]
SIGNS: dict[str, Callable[[str, str], Affixes]] = {
    "before all": lambda before, behind: Affixes(f"-{before}", behind),
    "before digits": lambda before, behind: Affixes(f"{before}-", behind),
    "with a blank": lambda before, behind: Affixes(f"- {before}", behind),
    "minus": lambda before, behind: Affixes(f"{MINUS}{before}", behind),
    "behind all": lambda before, behind: Affixes(before, f"{behind}-"),
    "parentheses": lambda before, behind: Affixes(f"({before}", f"{behind})"),
    "inner parentheses": lambda before, behind: Affixes(f"{before}(", f"){behind}"),
}


@st.composite
def numerals(draw: st.DrawFn) -> Numeral:
    grouping, decimal = draw(st.sampled_from(MARKS))
    is_indian = draw(st.booleans()) if grouping == "," else False
    decimals, varies = draw(st.integers(0, 4)), draw(st.booleans())
    return Numeral(grouping, is_indian, decimal, decimals, varies)


@st.composite
def formats_of_numbers(draw: st.DrawFn) -> NumberFormat:
    before, behind = draw(st.sampled_from(UNITS))
    negative = SIGNS[draw(st.sampled_from(sorted(SIGNS)))](before, behind)
    plain = positive = Affixes(before, behind)
    if draw(st.booleans()) and negative.before.startswith("-"):
        positive = Affixes(negative.before.replace("-", "+", 1), behind)
    zero = draw(st.sampled_from([positive, plain]))
    return NumberFormat(draw(numerals()), positive, negative, zero)


NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.0, 999.0, 1000.0, -1000.0, 123456.0, 9.99e14]),
    st.integers(-(10**15) + 1, 10**15 - 1).map(float),
    st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda number: round(number, 4)),
    st.floats(-10, 10, allow_subnormal=False).map(lambda number: round(number, 3)),
)


@settings(max_examples=250, deadline=None)
@given(format_=formats_of_numbers(), numbers=st.lists(NUMBERS, min_size=1, max_size=9))
@example(NumberFormat.from_text("#,##0.00;(#,##0.00)"), [0.0, -0.0, -1234.5])
@example(NumberFormat.from_text("+0.0#;-0.0#;0.0#"), [0.0, 1.25, -1000.0])
def test_whatever_is_written_is_written_back(format_: NumberFormat, numbers: list[float]) -> None:
    texts = format_.write(np.array(numbers)).tolist()
    assert format_.write(format_.parse(texts_of(texts))).tolist() == texts
    found = infer_number_formats(texts_of(texts))
    assert found is not None
    assert found.write(*found.parse(texts_of(texts))).tolist() == texts
    assert NumberFormats.from_text(found.text) == found
    assert NumberFormat.from_text(format_.text).write(np.array(numbers)).tolist() == texts


@settings(max_examples=100, deadline=None)
@given(
    units=st.lists(
        st.sampled_from(["EUR ", "USD ", "£", "¥"]), min_size=2, max_size=2, unique=True
    ),
    numeral=numerals(),
    numbers=st.lists(NUMBERS, min_size=4, max_size=12),
)
def test_units_that_vary_are_written_back(
    units: list[str], numeral: Numeral, numbers: list[float]
) -> None:
    variants = [NumberFormat.with_unit(numeral, unit) for unit in units]
    texts = [
        variants[index % 2].write(np.array([number]))[0] for index, number in enumerate(numbers)
    ]
    found = infer_number_formats(texts_of(texts))
    assert found is not None
    indices, read = found.parse(texts_of(texts))
    assert [found.variants[index].unit for index in indices] == [
        units[index % 2].strip() for index in range(len(texts))
    ]
    assert found.write(indices, read).tolist() == texts
    assert NumberFormats.from_text(found.text) == found


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["EUR 1,234.50", "USD 80.00", "EUR 2.00"], "EUR #,##0.00 | USD #,##0.00"),
        (["5.51 Lakh", "1.2 Crore", "10 Lakh"], "0.# Lakh | 0.# Crore"),
        (["1.234,50 €", "$1,234.50", "2,00 €"], "#.##0,00 € | $#,##0.00"),
        (["1.50 kg", "2 kg", "3.75 kg", "5 kg"], "0 kg | 0.00 kg"),
        (["-1 kg", f"{MINUS}2 kg", "-5 kg"], f"0 kg | 0 kg;{MINUS}0 kg"),
        (["€110.5M", "€560K", "€2M", "€20K"], "€0.#M | €0.#K"),
        (["52.5° N", "13.4° E"], "0.0° N | 0.0° E"),
    ],
)
def test_a_unit_that_varies_has_a_format_each(texts: list[str], written: str) -> None:
    found = infer_number_formats(texts_of(texts))
    assert found is not None
    assert found.text == written
    assert found.write(*found.parse(texts_of(texts))).tolist() == texts


def test_gaps_and_other_texts_are_of_no_variant() -> None:
    found = NumberFormats.from_text("0 kg | 0 lb")
    variants, numbers = found.parse(texts_of(["5 lb", "free"]).take(pa.array([0, None, 1, 0])))
    assert variants.tolist() == [1, -1, -1, 1]
    np.testing.assert_array_equal(numbers, [5, np.nan, np.nan, 5])
    assert found.write(variants, numbers).tolist() == ["5 lb", None, None, "5 lb"]


def test_numbers_that_round_to_zero_have_no_minus() -> None:
    format_ = NumberFormat.from_text("$0.00;($0.00)")
    assert format_.write(np.array([-0.001, -0.0, -0.01])).tolist() == [
        "$0.00",
        "($0.00)",
        "($0.01)",
    ]


@pytest.mark.parametrize("text", ["kg", "#,##0;kg", "0;0;0;0", "", "#.##0.00 €;#"])
def test_formats_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="format"):
        NumberFormat.from_text(text)


@pytest.mark.parametrize("dtype", ["object", "str", "string", "utf8[pyarrow]"])
@pytest.mark.parametrize(
    ("texts", "kind", "unit"),
    [
        ([f"${n * 37.25:,.2f}" for n in range(40)], "continuous", "$"),
        ([f"{n % 30}%" for n in range(40)], "integer", "%"),
        ([f"{n}%" for n in range(40)], "integer", "%"),
        ([f"{max(0, n - 12) * 7.5} km" for n in range(40)], "mixed", "km"),
    ],
)
def test_columns_of_amounts_are_numbers(texts: list[str], kind: str, unit: str, dtype: str) -> None:
    series = pd.Series(texts, name="x", dtype=dtype_of(dtype))
    column = infer_column(series)
    assert (column.kind.value, column.unit, column.text) == (kind, unit, True)
    back = restore_dtype(to_float(series, column), column)
    pd.testing.assert_series_equal(back, series)


def test_running_numbers_with_a_word_are_keys() -> None:
    series = pd.Series([f"{n} INV" for n in range(1000, 1040)], name="x")
    assert infer_column(series).kind is ColumnKind.IDENTIFIER


def test_units_that_vary_make_a_pattern_of_many_texts_only() -> None:
    rows = range(60)
    many = pd.Series([f"{('EUR', 'USD')[n % 2]} {n * 1.25:.2f}" for n in rows], name="x")
    column = infer_column(many)
    assert (column.kind, column.format) == (ColumnKind.PATTERN, "EUR 0.00 | USD 0.00")
    assert infer_column(many, is_target=True).kind is ColumnKind.CATEGORICAL
    few = pd.Series([("250 ml", "500 ml", "1 l")[n % 3] for n in rows], name="x")
    assert infer_column(few).kind is ColumnKind.CATEGORICAL


def test_plain_numbers_keep_their_formats() -> None:
    for texts, style in (
        (["1.50", "2.25"], ".2f"),
        (["1.5", "2.25"], "repr"),
        (["1", "2.5"], None),
        (["1,234.50", "0.25"], ",.2f"),
    ):
        assert infer_column(pd.Series(texts, name="x")).format == style


PRICE = Column("x", ColumnKind.CONTINUOUS, "str", text=True, format="#.##0,00 €", unit="€")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1.234,50 €", 1234.5),
        ("1234,5 €", 1234.5),
        ("1.234,50", 1234.5),
        ("1234.5", 1234.5),
        ("1234", 1234),
        (1234.5, 1234.5),
    ],
)
def test_values_are_asked_for_as_they_stand_or_plainly(value: object, number: float) -> None:
    assert value_to_float(PRICE, value) == number


def test_conditions_on_amounts() -> None:
    series = pd.Series(["1.234,50 €", "7,00 €", None], name="x")
    assert matches(series, PRICE, [Clause(">=", "1.000,00 €")]).tolist() == [True, False, False]
    assert matches(series, PRICE, [Clause("=", "7")]).tolist() == [False, True, False]
    with pytest.raises(ConditionError, match="'x' holds continuous values, so 'much' cannot"):
        value_to_float(PRICE, "much")
    grouped = Column("x", ColumnKind.CONTINUOUS, "str", text=True, format=",.2f")
    assert value_to_float(grouped, "1,234.50") == 1234.5


def schema_of(**entry: object) -> TableSchema:
    column = {"name": "x", "kind": "continuous", "dtype": "str", "text": True, **entry}
    return TableSchema.from_dict({"columns": [column]})


def test_formats_given_by_hand() -> None:
    frame = pd.DataFrame({"x": ["1.234,50 €", "7,00 €", "-0,25 €"]})
    schema = schema_of(format="#.##0,00 €")
    pd.testing.assert_frame_equal(schema.check(frame), frame)
    miles = pd.DataFrame({"x": ["5 mi", "7.25 mi"]})
    column = schema_of(unit="mi").columns[0]
    assert restore_dtype(to_float(miles["x"], column), column).tolist() == ["5 mi", "7.25 mi"]
    column = schema_of(unit="€").columns[0]
    assert restore_dtype(np.array([5.5]), column).tolist() == ["€5.5"]


@pytest.mark.parametrize(
    ("entry", "texts", "words"),
    [
        ({"format": "#.##0,00 €"}, ["7,00 €", "$5.00"], ["'$5.00'", "'#.##0,00 €'"]),
        ({"format": "euros"}, ["7,00 €", "8,00 €"], ["'euros'", "'#,##0.00'"]),
        ({}, ["$5.00", "$7.00"], ["'$5.00'", "the format '$0.00'"]),
        ({"format": "0 kg | 0 lb"}, ["5 kg", "7 lb"], ["several units", "pattern"]),
        ({"kind": "integer", "format": "0.# kg"}, ["5 kg", "7.5 kg"], ["7.5", "no whole number"]),
    ],
)
def test_what_does_not_fit_a_format_is_named(
    entry: dict[str, object], texts: list[str], words: list[str]
) -> None:
    with pytest.raises(SchemaError) as error:
        schema_of(**entry).check(pd.DataFrame({"x": texts}))
    assert all(word in str(error.value) for word in ["'x'", *words])


def test_every_pair_of_marks_is_told_apart() -> None:
    for (grouping, decimal), decimals in product(MARKS, [1, 2, 4]):
        numeral = Numeral(grouping, decimal=decimal, decimals=decimals)
        texts = NumberFormat.with_unit(numeral).write(np.array([0.5, 12.25, 1234567.75])).tolist()
        assert parse(texts) == NumberFormat.with_unit(numeral).parse(texts_of(texts)).tolist()
