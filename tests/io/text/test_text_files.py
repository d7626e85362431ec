"""Tables in text, however they are written: what is recognised, said, and overruled."""

import csv
import gzip
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan.errors import SettingError, TableError
from tabgan.io import AS_FOUND, ReadOptions, TextStyle, find_source, read_table, write_table
from tabgan.io.text.layout import CANDIDATES, find_layout
from tabgan.schema import TableSchema

CITIES = "city;price;n\nKöln;1,5;3\nUlm;2,25;4\nBonn;1000;5\n"


def put(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, options: ReadOptions = AS_FOUND) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path, options)
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "cp1252 (a guess: --encoding names another one)"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("utf-32", "UTF-32"),
    ],
)
def test_encodings_are_recognised(tmp_path: Path, encoding: str, said: str) -> None:
    source = find_source(put(tmp_path, CITIES.encode(encoding)))
    assert source.reading == f"csv, delimiter ';', decimal comma, {said}"
    frame = source.read()
    assert frame["city"].tolist() == ["Köln", "Ulm", "Bonn"]
    assert frame["price"].tolist() == [1.5, 2.25, 1000.0]
    assert frame["n"].dtype == np.int64
    pd.testing.assert_frame_equal(pd.concat(source.iter_batches(2), ignore_index=True), frame)


def test_one_late_byte_tells_the_encoding(tmp_path: Path) -> None:
    lines = ["name,n"] + [f"Ann,{i}" for i in range(200_000)] + ["Zoë,1"]
    path = put(tmp_path, "\n".join(lines).encode("latin-1"))
    assert read_table(path)["name"].iloc[-1] == "Zoë"
    path = put(tmp_path, "\n".join(lines).encode())
    assert read_table(path)["name"].iloc[-1] == "Zoë"


def test_bytes_that_windows_lacks_are_latin_1(tmp_path: Path) -> None:
    assert "latin-1" in find_source(put(tmp_path, b"a,b\n\xe4\x81,1\n")).reading


@pytest.mark.parametrize(
    ("content", "reading", "columns"),
    [
        ("|a|b|\n|1|x|\n|2|y|\n", "2 empty columns without names left out", ["a", "b"]),
        ("a,b,,,\n1,2,,,\n3,4,,,\n", "3 empty columns without names left out", ["a", "b"]),
        (",a,,b\n0,1,,x\n1,2,,y\n", "front left out, the empty column without", ["a", "b"]),
        ("a, b\n1, x\n2, y\n", "the space behind every delimiter left out", ["a", "b"]),
    ],
)
def test_columns_without_names_and_spaces_behind_delimiters(
    tmp_path: Path, content: str, reading: str, columns: list[str]
) -> None:
    source = find_source(put(tmp_path, content))
    assert reading in source.reading
    frame = source.read()
    assert list(frame) == columns
    assert frame["b"].tolist() in (["x", "y"], [2, 4])


@pytest.mark.parametrize(
    ("header", "row", "late", "said"),
    [
        ("a,b,", "1,2,", "3,4,lost", "column 3 of .* has no name, and values such as 'lost'"),
        ("a,b,", "1,2,", "3,4,5", "column 3 of .* has no name, and values such as '5"),
        (",a,b", "{},x,1", "A7,y,2", "has no name, and the value 'A7' among row numbers"),
        (",a,b", "{},x,1", "Total,,2", "has no name, and the value 'Total' among row numbers"),
        (",a,b", "{},x,1", ",y,2", "has no name, and gaps among row numbers"),
    ],
)
def test_nothing_late_is_left_out(
    tmp_path: Path, header: str, row: str, late: str, said: str
) -> None:
    rows = [row.format(number) for number in range(2_000)]
    path = put(tmp_path, "\n".join([header, *rows, late]) + "\n")
    assert re.search(said, refusal(path))
    with pytest.raises(TableError, match=said):
        list(find_source(path).iter_batches(500))


ROWS = "".join(f"{number},{number % 7}.5,x\n" for number in range(1_500))


@pytest.mark.parametrize(
    ("content", "reading"),
    [
        ("a,b,c\n" + ROWS + "Total,99.5,\n", "its last row has 'Total' where others have figures"),
        ("a,b,c\ns,kg,\n" + ROWS, "its first row has 's' where others have figures: a row of un"),
        ("a,b,c\n" + ROWS + "n/a,1,\n", "UTF-8"),
        ("a b c\n" + ROWS.replace(",", " "), "though ' ' parts every row into 3 values: --delim"),
        ("a~b~c\n" + ROWS.replace(",", "~"), "one column, though '~' parts"),
        ("full name\nAnn Smith\nBo Jones\nCy Poe\n", "UTF-8"),
        ("1,Ulm,1099.5\n2,Bonn,44.25\n3,Ulm,5.75\n", "though it looks like a row"),
    ],
)
def test_what_is_likely_not_meant_is_said(tmp_path: Path, content: str, reading: str) -> None:
    found = find_source(put(tmp_path, content)).reading
    assert reading in found
    assert found.endswith("UTF-8") == (reading == "UTF-8")


@pytest.mark.parametrize(
    "preamble",
    ["Statement;;;\nFrom;01.01.2024;;\n", "Statement;;;\nFrom;01.01.2024;02.02.2024;\n\n;;;\n"],
)
def test_a_preamble_filled_up_with_blanks_is_skipped(tmp_path: Path, preamble: str) -> None:
    rows = "01.02.2024;1.099,03;Ann;1\n02.02.2024;5,10;Bo;\n03.02.2024;7,25;;3\n"
    frame = read_table(put(tmp_path, preamble + "Day;Amount;Payee;Note\n" + rows))
    assert list(frame) == ["Day", "Amount", "Payee", "Note"]
    assert len(frame) == 3


def test_a_blank_name_is_no_preamble(tmp_path: Path) -> None:
    for header, row in (("a;;c", "x;y;1"), ("a;b;", "x;y;z")):
        frame = read_table(put(tmp_path, f"{header}\n{row}\n{row}\nu;v;2\n"))
        assert len(frame) == 3


@pytest.mark.parametrize("encoding", ["cp1251", "cp1250", "shift-jis", "gb18030"])
def test_an_encoding_that_nothing_says_is_called_a_guess(tmp_path: Path, encoding: str) -> None:
    word = {"cp1251": "Москва", "cp1250": "Łódź"}.get(encoding, "東京")
    path = put(tmp_path, f"city,n\n{word},1\nUlm,2\n".encode(encoding))
    assert "(a guess: --encoding names another one)" in find_source(path).reading
    told = find_source(path, ReadOptions(encoding=encoding))
    assert "guess" not in told.reading
    assert told.read()["city"].tolist() == [word, "Ulm"]
    lines = put(tmp_path, f'{{"city": "{word}"}}\n'.encode(encoding), "t.jsonl")
    assert "a guess: --encoding" in find_source(lines).reading
    assert read_table(lines, ReadOptions(encoding=encoding))["city"].tolist() == [word]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("Total;5000\n", "line 5,004 has fewer values than others: it ends in gaps"),
        ("7", "line 5,004 has fewer values than others: it ends in gaps"),
        ("1;2\n\nTotal\n", "2 rows have fewer values than others, the first in line 5,004"),
        ("1;2;3\n\n  \n", ""),
        ('1;"two\nlines";3\n', ""),
    ],
)
def test_short_rows_are_told_wherever_they_are(tmp_path: Path, end: str, said: str) -> None:
    rows = "".join(f"{number};{number % 7};{number % 3}\n" for number in range(5_000))
    path = put(tmp_path, "A title\n\na;b;c\n" + rows + end)
    source = find_source(path)
    assert said in source.reading
    assert ("gaps" in source.reading) == bool(said)
    zipped = put(tmp_path, gzip.compress(path.read_bytes()), "t.csv.gz")
    assert find_source(zipped).reading == source.reading


def test_what_is_unlike_the_first_file_of_a_table_is_said(tmp_path: Path) -> None:
    put(tmp_path, "a,b\n1,x\n", "1.csv")
    put(tmp_path, "a,b\n1,x\n3\n", "2.csv")
    source = find_source(str(tmp_path / "*.csv"))
    assert re.search(r"UTF-8; '.*2\.csv' as csv, .*line 3 has fewer values", source.reading)
    assert not source.is_plain


@pytest.mark.parametrize(
    ("content", "reading", "columns"),
    [
        ("a\tb\n1\t2\n", "delimiter tab, decimal point, UTF-8", ["a", "b"]),
        ("a|b\n1|2\n", "delimiter '|', decimal point, UTF-8", ["a", "b"]),
        ('a,b\n"x;y;z",1\n"u;v;w",2\n', "delimiter ',', decimal point, UTF-8", ["a", "b"]),
        ('"a";"b"\n"x, y";"1,5"\n', "delimiter ';', decimal comma, UTF-8", ["a", "b"]),
        ("price\n1,5\n2,25\n", "delimiter ';', decimal comma, UTF-8", ["price"]),
        ("sep=;\na;b\n1;2\n", "delimiter ';', decimal point, UTF-8, 1 line skipped", ["a", "b"]),
        ("#chrom\tstart\nx1\t2\n", "UTF-8", ["#chrom", "start"]),
        ("# made\na,b\n1,u\n", "1 line skipped", ["a", "b"]),
        ("# x\n# y, z\n\na,b\n1,u\n", "decimal point, UTF-8, 3 lines skipped", ["a", "b"]),
        ("Sales, all\n\na,b,c\n1,2,u\n3,4,v\n", "UTF-8, 2 lines skipped", ["a", "b", "c"]),
        ("A title\na,b\n1,2\n", "UTF-8, 1 line skipped", ["a", "b"]),
        ("Nation,1960,1961\nUlm,1.5,2\n", "decimal point, UTF-8", ["Nation", "1960", "1961"]),
        (",a\n0,u\n1,v\n", "UTF-8, the unnamed row numbers in front left out", ["a"]),
        ("Unnamed: 0,a\n7,u\n3,v\n", "the unnamed row numbers in front left out", ["a"]),
        ("x,y\n1,0.5,a\n2,0.7,b\n", "the unnamed row numbers in front left out", ["x", "y"]),
        ("a,b\n1,2,\n2,3,\n", "the empty column without a name left out", ["a", "b"]),
        ("a,b,\n1,2,\n2,3,\n", "the empty column without a name left out", ["a", "b"]),
        ("5.1,x\n4.9,y\n", "its first line taken for the header, though it looks", ["5.1", "x"]),
        ("a,b\n1,2\n1\n4,5\n", "line 3 has fewer values than others: it ends in gaps", ["a", "b"]),
        ("a,b\r1,2\r3,4\r", "delimiter ',', decimal point, UTF-8", ["a", "b"]),
        (",a\n3,u\n3,v\n", "delimiter ',', decimal point, UTF-8", ["", "a"]),
    ],
)
def test_layouts_are_recognised_and_said(
    tmp_path: Path, content: str, reading: str, columns: list[str]
) -> None:
    source = find_source(put(tmp_path, content, "t.txt"))
    assert reading in source.reading
    frame = source.read()
    assert list(frame) == columns
    batches = list(source.iter_batches(1))
    assert len(batches) == len(frame)
    assert all(list(batch) == columns for batch in batches)


def test_what_is_recognised_is_overruled(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b;c\n1,5;2\n3,5;4\n".encode("utf-16"))
    assert read_table(path, ReadOptions(delimiter=";", decimal=".")).iloc[0].tolist() == ["1,5", 2]
    path = put(tmp_path, "x\ny\na,b\n1,2\n")
    assert list(read_table(path, ReadOptions(skip_rows=1, delimiter="tab"))) == ["y"]
    path = put(tmp_path, "a,b\nд,1\n".encode("cp1251"))
    assert read_table(path, ReadOptions(encoding="cp1251"))["a"].tolist() == ["д"]
    assert "is not text in ascii" in refusal(path, ReadOptions(encoding="ascii"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("delimiter", ";;"),
        ("decimal", "'"),
        ("encoding", "utf-99"),
        ("encoding", "base64"),
        ("skip_rows", -1),
        ("format", "xml"),
    ],
)
def test_options_outside_what_is_allowed(option: str, value: object) -> None:
    with pytest.raises(SettingError, match=r"^.* (?:give|neither|allowed).*\.$"):
        ReadOptions(**{option: value})  # type: ignore[arg-type]


def test_a_mark_cannot_be_both() -> None:
    with pytest.raises(SettingError, match="cannot part both"):
        ReadOptions(delimiter=",", decimal=",")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n1,2,3\n4,5\n", "line 3 of .* has 3 values where 2 are expected, with delim"),
        ("a title\n\na,b\n1,2\n1,2,3\n4,5\n", "line 5 of .* has 3 values where 2 are expected"),
        ("a,b\n1,2,3\n1,5,3\n", r"more values than its header has names \(2, and 3 values\)"),
        ("a,b,c\n1,2\n1,2\n", "names 3 columns and its rows have 2 values"),
        ('a,b\n1,"2\n1,2\n4,5\n', "a double quote that opens about line 2 of .* is never closed"),
        (b"a,b\n1,2\n\0\0\0,3\n", "has NUL bytes in line 3"),
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n", "a header but no rows"),
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\x03\x04 cut", "is a zip archive that is cut short"),
        (b"PAR1....", "is a Parquet file, though its name says csv; give --format parquet"),
        (b"SQLite format 3\0....", "is an SQLite database, though its name says csv"),
        ("<!DOCTYPE html>\n<p>Log in", "is a web page"),
        (bytes(range(32)) * 10, "is a binary file of a kind that is not known"),
    ],
)
def test_broken_files_are_named_for_what_they_are(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    assert re.search(said, refusal(put(tmp_path, content)))


def test_options_that_say_nothing_about_a_format(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,2\n")
    assert "of which --query asks nothing" in refusal(path, ReadOptions(query="select 1"))
    path = put(tmp_path, '{"a": 1}\n', "t.jsonl")
    assert "are for text with delimiters, so leave them out" in refusal(
        path, ReadOptions(delimiter=";")
    )


def test_files_of_one_table_are_written_alike(tmp_path: Path) -> None:
    put(tmp_path, "x;y\n1;2\n", "a.csv")
    put(tmp_path, "x;y\n1,5;ü\n".encode("cp1252"), "b.csv")
    frame = find_source(f"{tmp_path}/*.csv").read()
    assert frame["x"].tolist() == [1.0, 1.5]
    assert frame["y"].tolist()[1] == "ü"
    put(tmp_path, "x,y\n1,2\n", "c.csv")
    with pytest.raises(TableError, match=r"c.csv' has ',' between its values, and '.*a.csv'"):
        find_source(f"{tmp_path}/*.csv")


def test_output_is_written_as_the_input_was(tmp_path: Path) -> None:
    source = find_source(put(tmp_path, CITIES.encode("cp1252")))
    assert source.style == TextStyle(";", ",")
    frame = source.read().astype({"n": "Int64"}).assign(f=pd.array([0.5, None, 2], dtype="Float64"))
    for name, line in [("o.csv", "Köln;1,5;3;0,5"), ("o.tsv", "Köln\t1,5\t3\t0,5")]:
        write_table([frame], tmp_path / name, style=source.style)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.splitlines()[1] == line
        back = read_table(tmp_path / name)
        assert back["price"].tolist() == frame["price"].tolist()
        assert back["f"].fillna(-1).tolist() == [0.5, -1, 2]


def test_the_suffix_says_where_tabs_are(tmp_path: Path) -> None:
    for cell, delimiter, decimal in [("1.5", ",", "."), ("1,5", ";", ",")]:
        source = find_source(put(tmp_path, f"a\tb\n{cell}\t2\n", "t.tsv"))
        assert source.style == TextStyle(delimiter, decimal)
    assert find_source(put(tmp_path, "a\tb\n1\t2\n")).style == TextStyle("\t", ".")


def test_too_few_lines_to_tell_are_commas() -> None:
    assert find_layout([]).delimiter == ","
    assert find_layout(["note", "a; b"]).skip_rows == 0


words = st.text("abcxyzäö ,;|\t.'\"", max_size=6).map(lambda text: f"w{text.strip()}w")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(words, min_size=3, max_size=12),
    delimiter=st.sampled_from(CANDIDATES),
    comma=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    preamble=st.sampled_from(["", "# made by a program\n", "Sales of the year\n\n"]),
    has_index=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_way_of_writing_is_read_back(
    tmp_path: Path,
    texts: list[str],
    delimiter: str,
    comma: bool,
    encoding: str,
    quoting: int,
    preamble: str,
    has_index: bool,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    n = len(texts)
    frame = pd.DataFrame(
        {
            "text": texts,
            "amount": rng.normal(0, 1000, n).round(3) + 0.0001,
            "größe": rng.integers(-(10**6), 10**6, n),
            "code": [f"0{i:04d}" for i in range(n)],
        }
    )
    decimal = "," if comma and delimiter != "," else "."
    text = io.StringIO()
    frame.to_csv(text, sep=delimiter, decimal=decimal, quoting=quoting, index=has_index)  # type: ignore[call-overload]
    path = put(tmp_path, (preamble + text.getvalue()).encode(encoding))
    source = find_source(path)
    assert source.style == TextStyle(delimiter, decimal)
    pd.testing.assert_frame_equal(source.read(), frame)
    pd.testing.assert_frame_equal(pd.concat(source.iter_batches(5), ignore_index=True), frame)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a" * 200_000 + ",b\n1,2\n", "a name in it is longer than 131,072 characters"),
        ("x" * 10_000_000, "has no end within 400,000 characters"),
        (",".join(f"x{n}" for n in range(1_000_000)), "has no end within 400,000 characters"),
    ],
)
def test_headers_without_measure_are_a_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(TableError, match=sentence):
        read_table(path)


def test_a_table_of_100_000_columns_is_a_sentence() -> None:
    frame = pd.DataFrame(np.zeros((3, 100_000)))
    with pytest.raises(TableError, match="100,000 columns, and no more than 10,000"):
        TableSchema.infer(frame)


def test_a_carriage_return_in_a_text_stays_in_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["one", "two\rlines", None, "four"], "b\rc": [1, 2, 3, 4]})
    write_table([frame], tmp_path / "t.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv"), frame, check_dtype=False)
    write_table([frame[:1]], tmp_path / "first.csv")
    whole, first = ((tmp_path / name).read_bytes() for name in ("t.csv", "first.csv"))
    assert whole.startswith(first)  # fewer rows are the first of more
