"""What a shell completes: files by their suffix, columns of the table or the model at hand.

Nothing here is slow, and what cannot be read is silently no completion.
"""

import csv
import json
import os
import re
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

TABLES = (".csv", ".tsv", ".csv.gz", ".csv.zst", ".csv.bz2", ".parquet", ".feather")
MORE_TABLES = (".jsonl", ".xlsx", ".ods", ".duckdb", ".sqlite", ".db")
MODELS = (".tabgan",)
MODEL_NAME = "model.tabgan"  # where none is given
MAX_HEADER_BYTES = 65_536  # of CSV, whose first line names the columns
PLAIN_NAME = r"[\w.-]+"  # others would have to be quoted, each shell in its way


class FileType(click.Path):
    """A path, completed to files of some suffixes; to any file where there are none of them.

    Tables stay text, since they may be addresses.
    """

    def __init__(self, *suffixes: str, path_type: type[Path] | type[str] = Path) -> None:
        super().__init__(path_type=path_type)
        self.suffixes = suffixes

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return files that end in a suffix, and folders."""
        folder, start = os.path.split(incomplete)
        try:
            entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
        except OSError:
            return []
        shown = [each for each in entries if each.name.startswith(start) and each.name[0] != "."]
        files = [each.name for each in shown if each.name.lower().endswith(self.suffixes)]
        if not files:
            return [CompletionItem(incomplete, type="file")]
        folders = [f"{each.name}/" for each in shown if each.is_dir() and each.name not in files]
        return [CompletionItem(os.path.join(folder, name)) for name in (*files, *folders)]  # noqa: PTH118


TABLE_FILE = FileType(*TABLES, *MORE_TABLES, path_type=str)
MODEL_FILE = FileType(*MODELS)
TABLE_OR_MODEL = FileType(*TABLES, *MORE_TABLES, *MODELS, path_type=str)


def complete_column(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """Return the columns of the command's table, or else of its model, that begin like this."""
    table = ctx.params.get("table") or next(iter(ctx.args), None)  # as far as the line was read
    path = table or ctx.params.get("model") or MODEL_NAME
    names = [name for name in read_column_names(Path(path)) if re.fullmatch(PLAIN_NAME, name)]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def read_column_names(path: Path) -> list[str]:
    """Return the names of a file's columns; none if they cannot be read."""
    try:
        if path.name.lower().endswith(MODELS):
            return _names_in_model(path)
        if path.suffix.lower() in {".parquet", ".feather"}:
            return _names_in_arrow(path)
        return _names_in_text(path) if path.suffix.lower() in {".csv", ".tsv"} else []
    except Exception:  # noqa: BLE001 - whatever is wrong, a shell must not be told while typing
        return []


def _names_in_model(path: Path) -> list[str]:
    """Return the names in a model's header, which is JSON behind its length."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(min(length, path.stat().st_size)))
    schema: Any = json.loads(header["__metadata__"]["tabgan"])["schema"]
    return [str(column["name"]) for column in schema["columns"]]


def _names_in_arrow(path: Path) -> list[str]:
    if path.suffix.lower() == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415 - slow

        return list(parquet.read_schema(path).names)
    from pyarrow import ipc  # noqa: PLC0415 - slow

    with ipc.open_file(path) as file:
        return list(file.schema.names)


def _names_in_text(path: Path) -> list[str]:
    with path.open("rb") as file:
        line = file.readline(MAX_HEADER_BYTES).decode("utf-8-sig")
    delimiter = max(",;\t|", key=line.count)
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
