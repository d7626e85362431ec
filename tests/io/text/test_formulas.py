"""Texts that a spreadsheet would run stay texts, in CSV if asked, in workbooks always."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.errors import SettingError
from tabgan.io import PLAIN_STYLE, TextStyle, read_table, write_table
from tabgan.io.text.formulas import guard_formulas

SAFE = TextStyle(safe=True)
RUN = (
    "=cmd|'/C calc'!A0",
    "+A1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\uff1d1",
    " =1",
)
LEFT = ("Ulm", "a=b", "-5", "+49 301 234", "-1,234.5", "-12 %", "-3 €", "1e-5", "-", "--", "")


def write(frame: pd.DataFrame, path: Path, style: TextStyle = SAFE) -> str:
    write_table([frame], path, style=style)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("dtype", ["str", "category", "object", "string[pyarrow]"])
def test_texts_that_are_run_get_an_apostrophe_and_others_stay(tmp_path: Path, dtype: str) -> None:
    texts = [*RUN, *LEFT]
    frame = pd.DataFrame({"x": pd.Series(texts, dtype=dtype), "n": range(len(texts))})
    write_table([frame], tmp_path / "t.csv", style=SAFE)
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False, dtype=str)
    assert back["x"].tolist() == [f"'{text}" for text in RUN] + list(LEFT)
    assert back["n"].tolist() == [str(number) for number in range(len(texts))]


def test_names_of_columns_are_guarded_and_numbers_stay(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=A1": [-1, 2], "@x": [-0.5, None], 3: [True, False]})
    frame["d"] = pd.to_timedelta([-5, 7], unit="s")
    frame["mixed"] = pd.Series([-7, "=1"], dtype=object)
    text = write(frame, tmp_path / "t.csv")
    assert text.splitlines()[0] == "'=A1,'@x,3,d,mixed"
    plain = write(frame.drop(columns="mixed"), tmp_path / "p.csv", PLAIN_STYLE)
    rows = [line.rpartition(",")[0] for line in text.splitlines()[1:]]
    assert rows == plain.splitlines()[1:]
    assert [line.rpartition(",")[2] for line in text.splitlines()[1:]] == ["-7", "'=1"]


def test_a_table_without_such_text_is_written_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"town": ["Ulm", None], "day": pd.to_datetime(pd.Series(["2024-01-02", None]))}
    )
    assert write(frame, tmp_path / "a.tsv") == write(frame, tmp_path / "b.tsv", PLAIN_STYLE)


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".jsonl", ".feather"])
def test_formats_without_formulas_refuse_it_before_anything_is_written(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"t{suffix}"
    with pytest.raises(SettingError, match=f"--safe-csv is for .csv and .tsv.*{suffix[1:]}"):
        write_table([pd.DataFrame({"x": ["=1"]})], path, style=SAFE)
    assert not path.exists()


def test_in_a_workbook_no_text_is_a_formula_or_an_error(tmp_path: Path) -> None:
    texts = ["=1+1", "=", "#N/A", "#REF!", "+A1", "-1", "@x"]
    write_table([pd.DataFrame({"=x": texts})], tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["=x", *texts]
    assert {cell.data_type for cell in cells} == {"s"}
    assert read_table(tmp_path / "t.xlsx")["=x"].tolist() == texts


@given(st.text())
def test_no_guarded_text_begins_as_a_formula_unless_it_is_a_number(text: str) -> None:
    guarded = guard_formulas(pd.DataFrame({"x": [text]}, dtype=object)).iloc[0, 0]
    assert guarded in {text, f"'{text}"}
    if guarded == text and text[:1] in tuple("=+-@\t\r\n"):
        assert set(text) <= set("+-0123456789., 'eE%€$£¥") | set(" \t\r\n\u3000")
        assert not set(text[1:]) & set("=@|!(")
