"""Tables in files: what is written is read back, and no good file is lost."""

import gzip
import io
import os
import re
import stat
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris

from tabgan.errors import ModelFileError, TableError, reason
from tabgan.io import (
    FORMATS,
    READERS,
    WRITERS,
    find_source,
    read_table,
    to_batches,
    write_table,
)
from tabgan.io.parquet import MAX_GROUP_ROWS, count_group_rows
from tabgan.runtime.atomic_write import atomic_write
from tabgan.schema.column import ColumnKind
from tabgan.schema.inference import infer_column

SUFFIXES = [  # of files that are read and written without an extra, one a format and codec
    ".csv",
    ".csv.bz2",
    ".csv.gz",
    ".csv.zst",
    ".feather",
    ".jsonl",
    ".jsonl.zst",
    ".parquet",
    ".tsv",
]


def iris() -> pd.DataFrame:
    frame: pd.DataFrame = load_iris(as_frame=True).frame
    frame["species"] = np.array(["setosa", "versicolor", np.nan], dtype=object)[frame["target"]]
    return frame


def refusal(path: Path) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path)
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_what_is_written_is_read_again() -> None:
    assert set(WRITERS) <= set(FORMATS)
    assert set(SUFFIXES) <= set(READERS)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_batches_come_back_as_one_table(tmp_path: Path, suffix: str) -> None:
    frame, path = iris(), tmp_path / f"iris{suffix}"
    write_table((frame[start : start + 40] for start in range(0, 150, 40)), path)
    back = read_table(path)
    pd.testing.assert_frame_equal(back.fillna("gap"), frame.fillna("gap"), check_dtype=False)
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_csv_text_is_what_pandas_writes(tmp_path: Path, suffix: str) -> None:
    frame, path = iris(), tmp_path / f"iris{suffix}"
    frame["when"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(range(150), unit="h")
    write_table([frame[:1], frame[1:2], frame[2:]], path)
    data = gzip.decompress(path.read_bytes()) if suffix.endswith("gz") else path.read_bytes()
    lines, expected = data.decode().splitlines(), frame.to_csv(index=False).splitlines()
    assert lines[0] == expected[0]
    assert lines[3:] == expected[3:]


def typed(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Int64": pd.array(np.arange(rows), dtype="Int64"),
            "boolean": pd.array([True] * rows, dtype="boolean"),
            "category": pd.Categorical(["b"] * rows, categories=["c", "b", "a"], ordered=True),
            "float32": np.arange(rows, dtype="float32"),
            "moment": pd.date_range("2020-01-01", periods=rows, tz="Europe/Berlin").as_unit("us"),
            "span": pd.to_timedelta(np.arange(rows), unit="s"),
            "string": pd.array(["x"] * rows, dtype="string"),
        }
    )


@pytest.mark.parametrize("suffix", [".parquet", ".feather"])
def test_dtypes_survive_and_later_gaps_fit(tmp_path: Path, suffix: str) -> None:
    first, path = typed(5), tmp_path / f"typed{suffix}"
    second = first.copy()
    for name in ("Int64", "boolean", "category", "float32", "moment", "span", "string"):
        second.loc[2, name] = None
    write_table([first, second], path)
    expected = pd.concat([first, second], ignore_index=True)
    pd.testing.assert_frame_equal(read_table(path), expected)


@pytest.mark.parametrize("suffix", [".parquet", ".feather"])
def test_text_that_starts_with_a_gap_only_batch_fits(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"gaps{suffix}"
    first = pd.DataFrame({"x": pd.Series([None, None], dtype=object), 3: [1, 2]})
    write_table([first, pd.DataFrame({"x": pd.Series(["a", None], dtype=object), 3: [1, 2]})], path)
    assert read_table(path)["x"].dropna().tolist() == ["a"]


def test_files_of_a_folder_are_one_table(tmp_path: Path) -> None:
    for year in (2023, 2024):
        folder = tmp_path / f"year={year}"
        folder.mkdir()
        typed(3).to_parquet(folder / "a.parquet")
    (tmp_path / "_temporary").mkdir()
    (tmp_path / "_temporary" / "b.parquet").write_bytes(b"unfinished")
    source = find_source(tmp_path)
    assert source.estimate_rows() == 6
    frame = source.read()
    assert frame["year"].tolist() == [2023] * 3 + [2024] * 3
    assert frame.drop(columns="year").dtypes.equals(typed(3).dtypes)
    assert [len(batch) for batch in source.iter_batches(2)] == [2, 1, 2, 1]


def test_csv_comes_in_batches_with_an_estimate(tmp_path: Path) -> None:
    for suffix in (".csv", ".csv.gz"):
        path = tmp_path / f"t{suffix}"
        write_table([iris()], path)
        source = find_source(path)
        batches = list(source.iter_batches(40))
        assert [len(batch) for batch in batches] == [40, 40, 40, 30]
        assert 140 < source.estimate_rows() < 160
        back = pd.concat(batches, ignore_index=True).fillna("gap")
        pd.testing.assert_frame_equal(back, read_table(path).fillna("gap"), check_dtype=False)


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"x": [1], "y": [2]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [1], "y": ["z"]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(TableError, match="'y' holds .*string in .*b.parquet' and holds int64 in"):
        find_source(tmp_path).count_rows()
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(TableError, match="'y' is missing in .*b.parquet' and holds int64 in"):
        find_source(tmp_path).count_rows()
    with pytest.raises(TableError, match="'y' is missing in .*b.parquet' and holds int64 in"):
        read_table(tmp_path)
    (tmp_path / "1.csv").write_text("x,y\n1,2\n")
    (tmp_path / "2.csv").write_text("x,z\n1,2\n")
    with pytest.raises(TableError, match="'y' is missing in .*2.csv' and holds text in .*1.csv'"):
        read_table(tmp_path / "*.csv")


def test_a_truncated_parquet_file_is_named(tmp_path: Path) -> None:
    typed(3).to_parquet(tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TableError, match="b.parquet' cannot be read"):
        find_source(tmp_path).count_rows()


def test_a_file_that_changes_or_goes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x\n1\n2\n")
    source = find_source(path)
    with path.open("a") as file:
        file.write("3\n")
    with pytest.raises(TableError, match=r"was written to since .*\(6 bytes then, 8 now"):
        list(source.iter_batches(10))
    path.unlink()
    with pytest.raises(TableError, match="has gone since"):
        list(source.iter_batches(10))


@pytest.mark.parametrize("name", ["*.csv", "none.csv"])
def test_a_pattern_that_finds_nothing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError, match=r"no file is named like|there is no file"):
        find_source(tmp_path / name)


def test_files_of_several_kinds_are_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    typed(3).to_feather(tmp_path / "a.feather")
    with pytest.raises(TableError, match="are kept in two ways"):
        find_source(f"{tmp_path}/a.*")


def test_objects_keep_their_type_whatever_the_first_batch_holds() -> None:
    values: dict[str, list[object]] = {
        "str": ["a"],
        "bool": [True],
        "int": [2**40],
        "float": [0.5],
        "date": [date(2020, 2, 29)],
        "datetime": [datetime(2020, 2, 29, 12, tzinfo=UTC)],
        "timedelta": [timedelta(hours=1)],
    }
    full = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in values.items()})
    empty = pd.DataFrame(dict.fromkeys(values, pd.Series([None], dtype=object)))
    columns = [infer_column(full[name]) for name in full]
    columns = [replace(column, kind=ColumnKind.CATEGORICAL) for column in columns]
    for frames in ([empty, full], [full, empty]):
        batches = list(to_batches(frames, columns))
        assert batches[0].schema == batches[1].schema
        (back,) = [b.to_pylist() for b in batches if not b.column(0).null_count]
        assert back == full.to_dict("records")


@pytest.mark.parametrize("n_rows", [1, 7, 40, 41, 1_000])
def test_batches_of_any_size_hold_the_same_rows(n_rows: int) -> None:
    frame = typed(150)
    parts = [frame[start : start + 41] for start in range(0, 150, 41)]
    batches = list(to_batches(parts, n_rows=n_rows))
    assert {batch.num_rows for batch in batches[:-1]} <= {n_rows}
    assert pa.Table.from_batches(batches).to_pandas().equals(frame)


@pytest.mark.parametrize(("n_columns", "expected"), [(1, MAX_GROUP_ROWS), (1_000, 8_388)])
def test_groups_of_wide_tables_have_fewer_rows(n_columns: int, expected: int) -> None:
    assert count_group_rows(n_columns) == expected


def test_small_batches_are_written_in_large_groups(tmp_path: Path) -> None:
    path, rows = tmp_path / "x.parquet", MAX_GROUP_ROWS + 1_000
    frame = pd.DataFrame({"x": np.arange(rows)})
    write_table((frame[start : start + 1_500] for start in range(0, rows, 1_500)), path)
    written = pq.ParquetFile(path).metadata
    sizes = [written.row_group(index).num_rows for index in range(written.num_row_groups)]
    assert sizes == [MAX_GROUP_ROWS, 1_000]
    assert written.row_group(0).column(0).compression == "ZSTD"
    assert read_table(path)["x"].tolist() == list(range(rows))


def test_batches_are_taken_one_by_one_as_they_are_written(tmp_path: Path) -> None:
    rows, alive, most = MAX_GROUP_ROWS // 8, 0, 0

    def gone() -> None:
        nonlocal alive
        alive -= 1

    def batches() -> Iterator[pd.DataFrame]:
        nonlocal alive, most
        for _ in range(30):
            frame = pd.DataFrame({"x": np.zeros(rows)})
            weakref.finalize(frame, gone)
            alive += 1
            most = max(most, alive)
            yield frame

    for suffix in SUFFIXES:
        write_table(batches(), tmp_path / f"x{suffix}")
    assert most <= 3  # the one being made, the one being written, and the one that told the types


def test_standard_output_gets_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    write_table([pd.DataFrame({"x": [1.5, np.nan]}), pd.DataFrame({"x": [0.1]})], "-")
    assert out.getvalue() == b'x\n1.5\n""\n0.1\n'


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8),
    text=st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1),
    suffix=st.sampled_from(SUFFIXES),
)
def test_what_is_written_is_read(
    tmp_path: Path, numbers: list[float], text: str, suffix: str
) -> None:
    frame = pd.DataFrame({"number": numbers, "text": "x" + text})
    path = tmp_path / f"any{suffix}"
    write_table([frame], path)
    back = read_table(path)
    assert back["number"].tolist() == numbers
    assert back["text"].tolist() == frame["text"].tolist()


def test_missing_file_folder_and_suffix(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "no.csv")
    assert "has no .parquet files" in refusal(tmp_path)
    (tmp_path / "x.xlsx").write_text("a,b\n1,2\n")
    assert "is text, though its name says xlsx; give --format csv" in refusal(tmp_path / "x.xlsx")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_empty_and_damaged_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"")
    assert "is empty" in refusal(path)
    if suffix not in {".csv", ".tsv"}:
        write_table([iris()], path)
        path.write_bytes(path.read_bytes()[:-200])
        assert re.search(r"cannot be read|line 149 of .* is no JSON", refusal(path))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_header_only(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    write_table([iris()[:0]], path)
    assert re.search("no rows|is empty", refusal(path))  # JSON lines have no header of their own


def test_a_model_is_no_table(tmp_path: Path) -> None:
    by_name, by_content = tmp_path / "m.tabgan", tmp_path / "m.csv"
    by_name.write_bytes(b"anything")
    by_content.write_bytes((2).to_bytes(8, "little") + b"{}")
    assert "is a tabgan model" in refusal(by_name)
    assert "tabgan inspect" in refusal(by_content)


def test_repeated_and_blank_names_reach_the_check(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,a,,b\n1,2,3,4\n", encoding="utf-8-sig")
    assert list(read_table(path).columns) == ["a", "a", "", "b"]


def test_permissions_are_kept_and_links_stay_links(tmp_path: Path) -> None:
    path, link = tmp_path / "x.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_table([iris()], link)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert len(read_table(path)) == 150


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("broken", [KeyboardInterrupt, RuntimeError])
def test_a_broken_off_write_leaves_the_old_file(
    tmp_path: Path, suffix: str, broken: type[BaseException]
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text("old")

    def batches() -> Iterator[pd.DataFrame]:
        yield iris()
        raise broken

    with pytest.raises(broken):
        write_table(batches(), path, overwrite=True)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")
    with (
        pytest.raises(TableError, match=r"'.*x.csv' cannot be written: No space left on device."),
        atomic_write(path),
        Path("/dev/full").open("w") as full,
    ):
        full.write("x" * 10)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    path, other = tmp_path / "x.csv", tmp_path / "y.csv"
    script = (
        "import os, signal, sys; from tabgan.runtime.atomic_write import atomic_write\n"
        "contexts = [atomic_write(path) for path in sys.argv[1:]]\n"
        "for context in contexts: context.__enter__()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, path, other], check=False)  # noqa: S603
    assert len(list(tmp_path.iterdir())) == 2
    with atomic_write(path) as writing:
        assert len(list(tmp_path.iterdir())) == 2  # that of the other file is not ours to remove
        with pytest.raises(TableError, match="at least one"):
            write_table([], path)
        assert writing.exists()  # neither is one that is being written
        write_table([iris()], other)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["x.csv", "y.csv"]


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no folder"):
        write_table([iris()], tmp_path / "no" / "x.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(TableError, match="is a folder"):
        write_table([iris()], tmp_path / "folder.csv")
    (tmp_path / "full.csv").symlink_to("/dev/full")
    with pytest.raises(TableError, match="cannot be written: No space left"):
        write_table([iris()], tmp_path / "full.csv")
    with pytest.raises(TableError, match="allowed are"):
        write_table([iris()], tmp_path / "x.sav")
    with pytest.raises(TableError, match="at least one batch"):
        write_table([], tmp_path / "x.csv")
    with (
        pytest.raises(ModelFileError, match="there is no folder"),
        atomic_write(tmp_path / "no" / "m.tabgan", ModelFileError),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(TableError, match="Permission denied"):
        write_table([iris()], tmp_path / "x.csv")
    tmp_path.chmod(0o700)


def test_rows_that_do_not_fit_the_first_batch(tmp_path: Path) -> None:
    batches = [pd.DataFrame({"x": [1]}), pd.DataFrame({"x": ["a"]})]
    with pytest.raises(TableError, match=r"x.parquet' cannot hold these rows"):
        write_table(batches, tmp_path / "x.parquet")


def test_codes_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("zip,n,part\n05627,1,0\n12578,20,01\n,3,7b\n", encoding="utf-8")
    frame = read_table(path)
    assert frame["zip"].tolist()[:2] == ["05627", "12578"]
    assert frame["zip"].isna().tolist() == [False, False, True]
    assert frame["n"].tolist() == [1, 20, 3]


def test_phone_numbers_keep_their_plus(tmp_path: Path) -> None:
    path = tmp_path / "phones.csv"
    path.write_text("phone,change\n+4930901820,+12\n,-7\n+12025550143,+3\n", encoding="utf-8")
    frame = read_table(path)
    assert frame["phone"].dropna().tolist() == ["+4930901820", "+12025550143"]
    assert frame["change"].tolist() == [12, -7, 3]


def test_zipped_tables_repeat_byte_for_byte(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "t.csv.gz"
        write_table([pd.DataFrame({"a": [1, 2]})], path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_an_index_without_a_name_is_left_out_and_that_is_said(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"x": [1, 2, 3]})
    path = tmp_path / f"t.{suffix}"
    write = getattr(frame.set_axis(["Ann", "Bo", "Cy"]), f"to_{suffix}")
    write(path)
    source = find_source(path)
    assert source.reading == f"{suffix}, the index without a name left out (it was text)"
    assert not source.is_plain
    assert list(source.read()) == ["x"]
    for silent in (frame, frame.iloc[1:], frame.set_axis(pd.Index(["u", "v", "w"], name="id"))):
        getattr(silent, f"to_{suffix}")(path)
        assert find_source(path).reading == suffix
        assert find_source(path).is_plain


def test_what_a_library_says_of_a_file_is_shown_in_printable_characters() -> None:
    assert (
        reason(ValueError("don't know what type: \x0f\x1b[31m.")) == "don't know what type: ??[31m"
    )
