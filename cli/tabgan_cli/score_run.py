"""What `tabgan score` does once its display is up: rows are read, scored and written in batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import SettingError, TableError
from tabgan.estimators.tabgan import TabGAN
from tabgan.io import (
    ReadOptions,
    TableSource,
    find_output_format,
    find_source,
    is_stream,
    write_table,
)
from tabgan.io.file_kinds import FileKind
from tabgan.io.text.formulas import check_guarded
from tabgan.model.score import TableScorer
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.limits import check_seed
from tabgan.schema import TableSchema
from tabgan_cli.checks import check_output
from tabgan_cli.display import Display

SCORE_COLUMN, SURPRISES_COLUMN = "__score__", "__surprises__"
BATCH_ROWS = 20_000  # that are read, scored and written together
N_FOLDS = 3  # of a table that is scored without a model


@dataclass(frozen=True)
class ScoredRows:
    """Rows that were written: how many, by what they were scored and where they are, in words."""

    rows: int
    by: str
    place: str


def run_score(
    table: str | Path,
    output: str,
    display: Display,
    *,
    reading: dict[str, Any],
    model: Path | None,
    cells: bool,
    seed: int,
    device: str,
    safe_csv: bool,
    overwrite: bool,
) -> ScoredRows:
    """Score the rows of a table and write them; return how many, and where they are.

    Args:
        table: To be read.
        output: File to write, or - for CSV on standard output.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        model: That scores; models of the other folds when None.
        cells: Whether the most surprising cells of each row are named.
        seed: Of the orders of cells, and of folds and their models.
        device: As the library takes it.
        safe_csv: Whether text is kept from being run as a formula.
        overwrite: Whether a file that is no table may be replaced.

    Raises:
        TabganError: The library's, one sentence each.
    """
    check_seed(seed)
    place = check_output(output, FileKind.TABLE, [table, model], overwrite)
    format_ = reading["format"] if is_stream(output) else None
    if safe_csv:
        check_guarded(output, find_output_format(output, format_))
    display.begin(f"reading {table}")
    source = find_source(table, ReadOptions(**reading))
    if not source.is_plain:
        display.print_line(f"'{source.name}' is read as {source.reading}")
    if model is None:
        frames = iter([_score_folds(source.read(), cells, seed, device, display)])
        by = f"by {N_FOLDS} folds, each by a model of the others with the seed {seed}"
    else:
        frames = _score_batches(source, TabularModel.load(model, device), cells, seed)
        by = f"by '{model}' with the seed {seed}"
        frames = display.track("scoring rows", frames, source.estimate_rows())
    if is_stream(output):
        display.close()  # rows may be on their way to the same terminal
    counts: list[int] = []
    style = replace(source.style, safe=safe_csv)
    write_table(_count(frames, counts), output, style=style, format=format_, overwrite=overwrite)
    return ScoredRows(sum(counts), by, place)


def _score_batches(
    source: TableSource, model: TabularModel, cells: bool, seed: int
) -> Iterator[pd.DataFrame]:
    """Yield the rows of files with their scores; any number fits in memory."""
    scorer = TableScorer(model, seed)
    for batch in source.iter_batches(BATCH_ROWS):
        if len(batch):
            _check_names(batch, cells)
            yield _with_scores(batch, scorer, cells)
    scorer.warn()


def _score_folds(
    frame: pd.DataFrame, cells: bool, seed: int, device: str, display: Display
) -> pd.DataFrame:
    """Return rows with their scores by models of the others, in their order.

    Raises:
        TableError: There are too few rows.
    """
    _check_names(frame, cells)
    if len(frame) < 2 * N_FOLDS:
        raise TableError(
            f"the table has {len(frame)} rows, too few to score each third by a model of the "
            "others; give a model by -m, or more rows."
        )
    folds = np.random.default_rng(seed).permutation(len(frame)) % N_FOLDS
    schema, parts = TableSchema.infer(frame), []
    for fold in range(N_FOLDS):
        display.print_line(f"fold {fold + 1} of {N_FOLDS}: fitting a model of the others")
        rows = np.flatnonzero(folds == fold)
        gan = TabGAN(schema=schema, preset="fast", random_state=seed, device=device)
        others = frame.iloc[np.flatnonzero(folds != fold)].reset_index(drop=True)
        gan.fit(others, on_progress=display.follow)
        scored = _with_scores(frame.iloc[rows], TableScorer(gan.model_, seed), cells)
        parts.append(scored.set_axis(rows))
    return pd.concat(parts).sort_index()


def _with_scores(frame: pd.DataFrame, scorer: TableScorer, cells: bool) -> pd.DataFrame:
    """Return rows with the columns that scoring adds."""
    frame = frame.reset_index(drop=True)
    scored = frame.assign(**{SCORE_COLUMN: scorer.score_samples(frame).round(6)})
    if cells:
        facts = scorer.model.relations.relations
        words = scorer.score_cells(frame).describe(facts)
        scored[SURPRISES_COLUMN] = pd.Series(words, dtype=object)
    return scored


def _check_names(frame: pd.DataFrame, cells: bool) -> None:
    """Refuse a table that has the columns already.

    Raises:
        SettingError: It has.
    """
    for name in (SCORE_COLUMN, *((SURPRISES_COLUMN,) if cells else ())):
        if name in frame.columns:
            raise SettingError(
                f"the table has a column {name!r} already, as scoring adds one; rename it, or "
                "leave it out."
            )


def _count(frames: Iterator[pd.DataFrame], counts: list[int]) -> Iterator[pd.DataFrame]:
    """Yield the same frames, and list how many rows each has."""
    for frame in frames:
        counts.append(len(frame))
        yield frame
