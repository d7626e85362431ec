"""Do the columns, and the pairs of columns, look like the real ones?

Definitions are those of sdmetrics 0.32 (QualityReport: Column Shapes and Column Pair Trends), given
as errors in percent, 100 * (1 - score). A gap in a categorical column counts as a category of its
own, as if filled with a word before sdmetrics sees it; missing numbers are left out, as it does.
Only pairs that belong together in the real table are compared, by the report's thresholds.
"""

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.association import correlations
from tabgan.evaluation.metrics.contingency import ContingencyTables
from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    FidelityMetric,
    IncomputableError,
    Measurement,
)

BINS = 10  # of a number that meets a category, as in sdmetrics
CORRELATION_ERROR = 1e-5  # of correlations that are found all at once
CORRELATED = 0.5  # pairs of numbers up to this absolute correlation are not compared
ASSOCIATED = 0.3  # nor other pairs up to this Cramér's V
MAX_WORST = 3  # columns that are named
DECIMALS = 14  # sdmetrics rounds so before it compares two distributions


class ColumnShapes(FidelityMetric):
    """Mean distance between each real and synthetic column, in percent."""

    name = "column_shapes"
    title = "Column shapes, error"
    direction = Direction.DOWN
    unit = "%"

    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Return the mean of Kolmogorov-Smirnov (numbers) and total variation (categories)."""
        distances, empty = {}, []
        columns = zip(comparison.features.items, real.T, synthetic.T, strict=True)
        for item, expected, found in columns:
            if item.categorical:
                distances[str(item.name)] = total_variation(_codes(expected), _codes(found))
            elif np.isnan(expected).all() or np.isnan(found).all():
                empty.append(item.name)
            else:
                distances[str(item.name)] = kolmogorov_smirnov(expected, found)
        if not distances:
            raise IncomputableError("no column holds values in both tables")
        note = f"left out, without a value in one table: {listed(empty)}" if empty else ""
        by_distance = sorted(distances, key=lambda name: -distances[name])
        mean = float(np.mean(list(distances.values())))
        return Measurement(100 * mean, note=note, worst=tuple(by_distance[:MAX_WORST]))


class PairTrends(FidelityMetric):
    """Mean distance between real and synthetic pairs that belong together, in percent."""

    name = "pair_trends"
    title = "Pair trends, error"
    direction = Direction.DOWN
    unit = "%"

    def compare(
        self, comparison: Comparison, real: NDArray[np.float64], synthetic: NDArray[np.float64]
    ) -> Measurement:
        """Return the mean over pairs: difference of correlations / 2, or total variation."""
        categorical = comparison.features.categorical
        pairs = _compare_numbers(real, synthetic, categorical)
        pairs |= _compare_cells(real, synthetic, categorical)
        distances = [found for _, found in sorted(pairs.items()) if not np.isnan(found)]
        names = [item.name for item in comparison.features.items]
        skipped = [f"{names[i]} / {names[j]}" for (i, j), d in sorted(pairs.items()) if np.isnan(d)]
        if not distances:
            raise IncomputableError("no two columns of the real table clearly belong together")
        note = f"left out, not varying in the synthetic table: {', '.join(skipped)}"
        return Measurement(100 * float(np.mean(distances)), note=note if skipped else "")


def _compare_numbers(
    real: NDArray[np.float64], synthetic: NDArray[np.float64], categorical: NDArray[np.bool_]
) -> dict[tuple[int, int], float]:
    """Return half the difference of two numbers' correlations, 0 to 1, by the numbers of columns.

    Of pairs that correlate in the real table; NaN where they do not vary in the synthetic one.
    """
    numbers = np.flatnonzero(~categorical)
    likely = ~(np.abs(correlations(real[:, numbers])) <= CORRELATED - CORRELATION_ERROR)
    found = {}
    for i, j in numbers[np.argwhere(np.triu(likely, 1))].tolist():
        expected = correlation(real[:, i], real[:, j])
        if abs(expected) > CORRELATED:
            found[i, j] = abs(expected - correlation(synthetic[:, i], synthetic[:, j])) / 2
    return found


def _compare_cells(
    real: NDArray[np.float64], synthetic: NDArray[np.float64], categorical: NDArray[np.bool_]
) -> dict[tuple[int, int], float]:
    """Return the total variation between two tables' pairs of cells, by the numbers of columns.

    Of pairs with a category that are associated in the real table.
    """
    cells = _cells(real, categorical), _cells(synthetic, categorical)
    tables = ContingencyTables(*cells)
    found: dict[tuple[int, int], float] = {}
    for column in range(len(categorical)):
        others = np.arange(column + 1, len(categorical))
        others = others if categorical[column] else others[categorical[others]]
        is_narrow = tables.find_narrow(column, others)
        for part in tables.split(column, others[is_narrow]):
            near = part[tables.measure_strengths(column, part) > ASSOCIATED]
            distances = tables.measure_distances(column, near) if len(near) else ()
            found |= {(column, int(j)): float(d) for j, d in zip(near, distances, strict=True)}
        for other in others[~is_narrow].tolist():
            first, second = (table[:, [column, other]].T for table in cells)
            if cramers_v(*first) > ASSOCIATED:
                found[column, other] = total_variation(_joint(*first), _joint(*second))
    return found


def cramers_v(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Return Cramér's V of two columns, 0 to 1 (Cramér 1946); NaN where one does not vary."""
    rows, columns = (np.unique(cells, return_inverse=True)[1] for cells in (first, second))
    fewer = min(rows.max(), columns.max())
    if fewer < 1:
        return float("nan")
    joint, counts = np.unique(_joint(rows, columns), return_counts=True)
    expected = np.bincount(rows)[joint >> 32] * np.bincount(columns)[joint & 0xFFFFFFFF]
    return float(np.sqrt(max(0.0, (counts**2 / expected).sum() - 1) / fewer))


def kolmogorov_smirnov(real: NDArray[np.float64], synthetic: NDArray[np.float64]) -> float:
    """Return the largest distance of two distribution functions, 0 to 1; NaN is left out."""
    first, second = (table[~np.isnan(table)] for table in (real, synthetic))
    decimals = DECIMALS - min(0, _exponent(first))
    first, second = (np.sort(_round(numbers, decimals)) for numbers in (first, second))
    steps = np.concatenate([first, second])
    below_first = np.searchsorted(first, steps, side="right") / len(first)
    below_second = np.searchsorted(second, steps, side="right") / len(second)
    return float(np.abs(below_first - below_second).max())


def _exponent(numbers: NDArray[np.float64]) -> int:
    """Return the power of ten of the largest number; 0 if all are 0."""
    largest = float(np.abs(numbers).max())
    return int(np.floor(np.log10(largest))) if largest else 0


def _round(numbers: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """Return rounded numbers; as they are where floats have no so many decimals."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(numbers, decimals)
    return np.where(np.isfinite(rounded), rounded, numbers)


def total_variation(real: NDArray[np.int64], synthetic: NDArray[np.int64]) -> float:
    """Return half the summed difference of two frequency tables, 0 to 1."""
    values, codes = np.unique(np.concatenate([real, synthetic]), return_inverse=True)
    count_real = np.bincount(codes[: len(real)], minlength=len(values))
    count_synthetic = np.bincount(codes[len(real) :], minlength=len(values))
    return float(np.abs(count_real / len(real) - count_synthetic / len(synthetic)).sum() / 2)


def correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return Pearson's correlation over the rows that hold both; NaN where one is constant."""
    both = ~(np.isnan(first) | np.isnan(second))
    if both.sum() < 2:
        return float("nan")
    a, b = (_centre(numbers[both]) for numbers in (first, second))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    if np.ptp(first[both]) == 0 or np.ptp(second[both]) == 0 or spread == 0:
        return float("nan")
    return float(a @ b) / spread


def _centre(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers without their mean, by a power of two so small that squares are finite."""
    scaled = np.ldexp(numbers, -int(np.frexp(np.abs(numbers).max())[1]))
    return np.asarray(scaled - scaled.mean())


def _codes(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return codes as integers from 0: 0 missing, 1 unknown, then the categories."""
    return np.where(np.isnan(values), 0, values + 2).astype(np.int64)


def _cells(matrix: NDArray[np.float64], categorical: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return every column as small integers: codes of categories, ten equal bins of numbers.

    As in sdmetrics, each table is cut by its own minimum and maximum, and the maximum itself shares
    the last cell with missing numbers.
    """
    cells = np.empty(matrix.shape, dtype=np.int64)
    for j, values in enumerate(matrix.T):
        if categorical[j]:
            cells[:, j] = _codes(values)
        else:
            known = values[~np.isnan(values)]
            cells[:, j] = np.digitize(values, _bin_edges(known))
    return cells


def _bin_edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ends of equal bins, also of numbers with few floats between them; (edges,)."""
    if len(known) and np.spacing(np.abs(known).max()) * BINS > (np.ptp(known) or 1.0):
        return np.unique(known)
    return np.histogram_bin_edges(known, bins=BINS)


def _joint(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one integer for each pair of cells; it means the same in every table."""
    return (first << 32) | second
