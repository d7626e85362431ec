r"""Where a table's files are found: one file, a folder, a pattern, an address or standard input.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     for part in "ab":
...         _ = (Path(folder) / f"{part}.csv").write_text(f"x\n{part}\n")
...     source = find_source(f"{folder}/*.csv")
...     [batch["x"].tolist() for batch in source.iter_batches(10)]
[['a'], ['b']]
"""

import glob
import os
from pathlib import Path

from tabgan.errors import TableError
from tabgan.io.locations import INPUT_NAMES, SpooledFile, local_path, spool
from tabgan.io.read_options import AS_FOUND, ReadOptions
from tabgan.io.table_file import TEXT_FORMATS, TableFile, check_table_file, readable
from tabgan.io.table_source import TableSource, read_stamp
from tabgan.io.text.detection import with_text_formats

FOLDER_SUFFIX = ".parquet"


def find_source(name: str | os.PathLike[str], options: ReadOptions = AS_FOUND) -> TableSource:
    """Return the files of a table.

    Args:
        name: One file, a folder of Parquet files, a pattern (`a*.csv`), an address such as
            s3://bucket/table.csv, or - for standard input.
        options: What is known of how the table is written.

    Raises:
        TableError: There are none, they are no tables, or their formats differ.
    """
    location = os.fspath(name)
    spooled = spool(location)
    if spooled is not None:
        known_as = "standard input" if location in INPUT_NAMES else location
        return _to_source(known_as, [(spooled.path, known_as)], options, spooled=spooled)
    path = local_path(location) or Path(location)
    if path.is_dir():
        return _find_folder(path, options)
    if path.exists() or not glob.has_magic(location):
        return _to_source(location, [(path, str(path))], options)
    found = sorted(glob.glob(location, recursive=True))  # noqa: PTH207
    if not found:
        raise TableError(f"no file is named like '{location}'; check the pattern.")
    return _to_source(location, [(Path(each), each) for each in found], options)


def _find_folder(folder: Path, options: ReadOptions) -> TableSource:
    found = [
        (file, str(file))
        for file in sorted(folder.rglob(f"*{FOLDER_SUFFIX}"))
        if not any(part[0] in "._" for part in file.relative_to(folder).parts)
    ]
    if not found:
        raise TableError(f"the folder '{folder}' has no {FOLDER_SUFFIX} files; name a table in it.")
    return _to_source(str(folder), found, options, folder)


def _to_source(
    name: str,
    found: list[tuple[Path, str]],
    options: ReadOptions,
    folder: Path | None = None,
    spooled: SpooledFile | None = None,
) -> TableSource:
    """Return the source of files, each with its name for messages."""
    files = []
    for path, known_as in found:
        check_table_file(path, known_as)
        with readable(known_as):
            files.append(TableFile.recognize(path, known_as, options))
    formats = {file.format: file.name for file in files}
    if len(formats) > 1:
        one, other = [each for _, each in sorted(formats.items())][:2]
        raise TableError(
            f"'{one}' and '{other}' are kept in two ways; a table of many files has one format."
        )
    if files[0].format in TEXT_FORMATS:
        with readable(name):
            files = with_text_formats(files)
    stamps = tuple(read_stamp(file.path) for file in files)
    return TableSource(name, tuple(files), folder, stamps, spooled)
