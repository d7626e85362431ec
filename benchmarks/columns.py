"""Learn a gallery of columns as people bring them, and print what comes back beside what was there.

    python -m benchmarks.columns [--steps 400] [--columns PART ...] [--markdown]

Every column is made. About ten of them make a table, with a `score` and a `band` that depend on
those that hold numbers; a table is fitted on one thread with a fixed seed, and 1,000 rows are
drawn. Each column has its own checks (`gallery/*.py`), which know nothing of tabgan:

- well-formed: made values that are written, or typed, as those of the column are.
- on the grid: made values that are well-formed, stand on the column's grid or in its pattern, and
  lie within its bounds.
- distance: the largest of the distances (Kolmogorov-Smirnov, total variation) of numbers, hours,
  weekdays, marks, units...; in parentheses that of real rows drawn again. Keys are made anew.
- correlation: of the column's numbers with `score` (Spearman's), real and made.

What fails any of them is named under `misses`. `--columns` takes parts of names and of kinds.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from benchmarks.gallery import amounts, numbers, periods, texts, times
from benchmarks.gallery.column import GalleryColumn
from benchmarks.gallery.figures import Failure, Figures, Row, to_lines
from tabgan import TabGAN

N_REAL, N_MADE = 1_500, 1_000
GROUPS: dict[str, tuple[GalleryColumn, ...]] = {
    "numbers": numbers.WHOLE + numbers.MEASURED,
    "amounts": amounts.WRITTEN,
    "marks and periods": numbers.MARKED + periods.PERIODS,
    "times": times.STAMPS + times.WRITTEN,
    "texts": texts.TEXTS,
}
COLUMNS = tuple(column for columns in GROUPS.values() for column in columns)


def make_table(columns: Iterable[GalleryColumn], n_rows: int, seed: int = 0) -> pd.DataFrame:
    """Return a table of the columns, and of a score and a band that depend on their numbers.

    A column's values are made first; those that hold numbers are then dealt to the rows by rank,
    so that larger ones stand in rows of a higher score.
    """
    rng = np.random.default_rng(seed)
    latent = rng.random(n_rows)
    table = {}
    for column in columns:
        values = column.make(rng, n_rows)
        quantities = column.numbers(values)
        known = np.flatnonzero(~np.isnan(quantities))
        ranked = known[np.argsort((latent + rng.normal(0, 0.15, n_rows))[known])]
        order = np.arange(n_rows)
        order[ranked] = known[np.argsort(quantities[known], kind="stable")]
        table[column.name] = values.iloc[order].reset_index(drop=True)
    table["score"] = pd.Series((latent * 80 + rng.normal(50, 4, n_rows)).round(1))
    bands = np.array(["low", "middle", "high"], object)
    table["band"] = pd.Series(bands[np.digitize(latent + rng.normal(0, 0.1, n_rows), [0.3, 0.7])])
    return pd.DataFrame(table)


def correlation(column: GalleryColumn, table: pd.DataFrame) -> float:
    """Return Spearman's correlation of the numbers of a column with the score; nan without any."""
    quantities = pd.Series(column.numbers(table[column.name]))
    if quantities.nunique() < 2:
        return float("nan")
    return float(quantities.corr(table["score"].reset_index(drop=True), method="spearman"))


def judge(column: GalleryColumn, real: pd.DataFrame, made: pd.DataFrame) -> Figures:
    """Return the figures of a column of both tables."""
    before, after = real[column.name], made[column.name]
    places = np.random.default_rng(0).integers(0, len(before), len(after))
    well_formed = column.find_well_formed(after)
    at_fault = (value for value in after.tolist() if not column.passes(value))
    return Figures(
        column,
        before.iloc[0],
        next(at_fault, after.iloc[0]),
        None if before.dtype == after.dtype else str(after.dtype),
        len(well_formed) / len(after),
        sum(map(column.is_on_grid, well_formed)) / len(after),
        column.distance(before, after),
        column.distance(before, before.iloc[places]),
        column.repeated(before, after) if column.is_key else 0.0,
        (correlation(column, real), correlation(column, made)),
    )


def learn(columns: tuple[GalleryColumn, ...], steps: int) -> Iterator[Row]:
    """Fit a table of the columns, one by one where together they fail; yield each one's figures."""
    real = make_table(columns, N_REAL)
    try:
        model = TabGAN(steps=steps, random_state=0, threads=1).fit(real)
        made = model.sample(N_MADE, random_state=1)
        found: list[Row] = [judge(column, real, made) for column in columns]
    except Exception as error:  # noqa: BLE001 (whatever goes wrong is what the gallery shows)
        if len(columns) == 1:
            found = [Failure(columns[0], real[columns[0].name].iloc[0], error)]
        else:
            found = [row for column in columns for row in learn((column,), steps)]
    yield from found


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--columns", nargs="+", default=[""], metavar="PART")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    arguments = parser.parse_args()
    rows: list[Row] = []
    start = time.perf_counter()
    for group, columns in GROUPS.items():
        chosen = tuple(
            column
            for column in columns
            if any(part in f"{column.kind} / {column.name}" for part in arguments.columns)
        )
        if chosen:
            rows += learn(chosen, arguments.steps)
            print(f"{group}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(to_lines(rows, arguments.markdown)))
    whole = sum(not row.misses() for row in rows)
    print(f"\n{whole} of {len(rows)} columns have no miss.")


if __name__ == "__main__":
    main()
