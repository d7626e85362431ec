"""Made tables of derived columns under odd dtypes, each with a fact that its rows must keep.

    python -m benchmarks.derived_tables [--only zoned,int8] [--rows 4000] [--seed 0] [--protect]

The facts are checked on rows as users get them, and on the file that those are written to, by
arithmetic of pandas that knows nothing of how rows are restored.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.derived import amounts, calendars, categories, moments, numbers
from benchmarks.derived.table import DerivedTable
from tabgan.config import NO_PROTECTION, Protection, TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import SettingError
from tabgan.relations import RelationSet
from tabgan.schema import TableSchema
from tabgan.schema.precision import float_dtype

MAKERS = tuple(
    make
    for room in (moments, calendars, numbers, amounts, categories)
    for name, make in vars(room).items()
    if name.startswith("make_")
)


def iter_tables(n_rows: int = 1_000, seed: int = 0, only: str = "") -> Iterator[DerivedTable]:
    """Yield every made table whose name has one of the parts asked for, between commas."""
    for make in MAKERS:
        for table in make(np.random.default_rng(seed), n_rows):
            if any(part in table.name for part in only.split(",")):
                yield table


@dataclass(frozen=True)
class Outcome:
    """What became of a fact.

    Attributes:
        texts: Of the relations kept.
        lost: Rows that break the fact, of those drawn.
        broken: Rows that break each relation kept, by the model's own check.
        broken_in_file: The same of the rows written as CSV and read again.
    """

    texts: tuple[str, ...]
    lost: int
    broken: Mapping[str, int]
    broken_in_file: Mapping[str, int]


def examine(table: DerivedTable, n_rows: int, protection: Protection = NO_PROTECTION) -> Outcome:
    """Find a table's relations, and count the rows that break them: of any that could be drawn.

    No generator is fitted: every class and every scalar is drawn as often as any other, so that
    rows are odder than those of a generator.
    """
    schema = TableSchema.infer(table.frame)
    schema = schema.without_patterns() if protection.is_on else schema
    frame = schema.check(table.frame)
    relations = RelationSet.discover(frame, schema, protection=protection)
    rng = np.random.default_rng(0)
    config = EncoderConfig(rng, TrainingConfig.max_modes, protection)
    encoder = TableEncoder.fit(relations.apply(frame), relations.free, config, lambda *_: None)
    codes = rng.integers(0, encoder.layout.n_classes, (n_rows, len(encoder.parts)))
    scalars = rng.uniform(-1, 1, codes.shape).astype(np.float32)
    encoded = EncodedTable(codes.astype(np.int32), scalars)
    rows = relations.restore(encoder.decode(encoded, np.arange(n_rows), rng))
    return Outcome(
        relations.texts,
        int((~np.asarray(table.fact(rows), bool)).sum()),
        _count(relations, rows),
        _count(relations, _write_and_read(rows, schema)),
    )


def _count(relations: RelationSet, frame: pd.DataFrame) -> dict[str, int]:
    return {text: int(mask.sum()) for text, mask in relations.find_broken(frame).items()}


def _write_and_read(rows: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Return rows as they come back from a CSV file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        rows.to_csv(path, index=False)
        texts = {column.name: str for column in schema.columns if column.text}
        back = pd.read_csv(path, dtype=texts)
    for column in schema.columns:
        if column.is_duration:
            back[column.name] = pd.to_timedelta(back[column.name])
        if float_dtype(column) is not None or column.dtype.startswith("datetime64["):
            dtype: Any = column.dtype
            back[column.name] = back[column.name].astype(dtype)
    return schema.check(back)


def main() -> None:
    """Examine the tables asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="parts of names, between commas")
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--protect", action="store_true")
    arguments = parser.parse_args()
    start, n_broken, n_tables = time.perf_counter(), 0, 0
    for table in iter_tables(seed=arguments.seed, only=arguments.only):
        try:
            outcome = examine(table, arguments.rows, Protection(arguments.protect))
        except SettingError as error:  # a column in which all is rare, under protection
            print(f"refused {table.name}: {error}", flush=True)
            continue
        is_broken = bool(outcome.broken or outcome.broken_in_file)
        n_broken, n_tables = n_broken + is_broken, n_tables + 1
        word = "BROKEN" if is_broken else "lost" if outcome.lost else "kept"
        print(f"{word} {table.name}: {outcome}", flush=True)
    print(f"{n_broken} of {n_tables} broken, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
