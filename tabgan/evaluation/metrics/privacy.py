"""Do synthetic rows stand nearer to real rows than rows of the real world would?

Every metric holds the synthetic rows against test rows, which no generator has seen, and warns
where the difference is larger than chance alone makes it in one of 200 evaluations.
"""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.feature_matrix import Feature, Features
from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
    Metric,
    MetricCategory,
)
from tabgan.evaluation.metrics.nearest_rows import GowerDistance, Neighbours, subsample

NEAR = 0.05  # quantile of the test rows' distances that counts as near
MIN_TEST_ROWS = 20  # for such a quantile
MAX_RECORDS = 50_000  # rows searched
MAX_QUERIES = 1_000  # rows looked up, of each kind
ALPHA = 0.005  # probability of a warning where nothing is out of line
ALPHA_Z = 2.58  # the same in standard errors


@dataclass(frozen=True)
class SharedColumns:
    """The tables by the columns that the synthetic one holds values of.

    A table that lacks a column may be a copy in all others.

    Attributes:
        real: Shape (rows, columns), as are the others.
        synthetic: The table under judgement.
        test: Rows that no generator has seen.
        distance: Between rows of any of them.
        items: Their columns, shape (columns,).
        note: Which columns are left out; "" where none is.
    """

    real: NDArray[np.float64]
    synthetic: NDArray[np.float64]
    test: NDArray[np.float64]
    distance: GowerDistance
    items: tuple[Feature, ...]
    note: str

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Return the tables without the columns that are empty in the synthetic one.

        Raises:
            IncomputableError: All columns are.
        """
        whole = (comparison.real_matrix, comparison.synthetic_matrix, comparison.test_matrix)
        held = ~np.isnan(whole[1]).all(axis=0)
        if not held.any():
            raise IncomputableError("no column holds values in both tables")
        items = comparison.features.items
        kept = Features(tuple(items[index] for index in np.flatnonzero(held)))
        empty = [items[index].name for index in np.flatnonzero(~held)]
        real, synthetic, test = (matrix[:, held] for matrix in whole)
        note = f"left out, without a value in the synthetic table: {listed(empty)}"
        distance = GowerDistance.fit(real, kept)
        return cls(real, synthetic, test, distance, kept.items, note if empty else "")


class PrivacyMetric(Metric):
    """A metric of what synthetic rows give away."""

    aim = MetricCategory.PRIVACY


class NeighbourMetric(PrivacyMetric):
    """A metric of the two real rows nearest to each row."""

    def compute(self, comparison: Comparison) -> Measurement:
        """Look up synthetic rows and test rows among the real ones; return their comparison."""
        check_test_rows(comparison)
        rng = np.random.default_rng(comparison.seed)
        shared = SharedColumns.of(comparison)
        records = subsample(shared.real, MAX_RECORDS, rng)
        synthetic, test = (
            shared.distance.nearest(subsample(matrix, MAX_QUERIES, rng), records, k=2)
            for matrix in (shared.synthetic, shared.test)
        )
        return replace(self.compare(synthetic, test), note=shared.note)

    @abstractmethod
    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return how the neighbours of synthetic rows differ from those of test rows."""


class Nearness(NeighbourMetric):
    """Share of synthetic rows nearer to a real row than 95 % of test rows are, in percent."""

    name = "nearness"
    title = "Rows nearer than the nearest 5 % of test rows"
    direction = Direction.DOWN
    unit = "%"

    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return the share of near rows; the reference is 5 %, and more where rows tie."""
        threshold = np.quantile(test.distances[:, 0], NEAR)
        near, natural = (rows.distances[:, 0] <= threshold for rows in (synthetic, test))
        warning = "Synthetic rows stand nearer to real rows than unseen rows do."
        return measure_shares(near, natural, warning)


class NeighbourRatio(NeighbourMetric):
    """How much nearer the nearest real row is than the second: near 0 where one row was copied."""

    name = "neighbour_ratio"
    title = "Nearest-neighbour distance ratio, 5 % quantile"
    direction = Direction.UP

    def compare(self, synthetic: Neighbours, test: Neighbours) -> Measurement:
        """Return the quantile, as in CTAB-GAN (Zhao et al. 2021), beside that of test rows."""
        ratios, natural = (neighbour_ratios(rows.distances) for rows in (synthetic, test))
        threshold = float(np.quantile(natural, NEAR))
        is_high = _is_significantly_higher(ratios <= threshold, natural <= threshold)
        warning = "Synthetic rows single out a real row more often than unseen rows do."
        return Measurement(
            float(np.quantile(ratios, NEAR)), threshold, warning=warning if is_high else ""
        )


def check_test_rows(comparison: Comparison) -> None:
    """Raise `IncomputableError` unless there are test rows enough."""
    rows = len(comparison.test)
    if rows < MIN_TEST_ROWS:
        raise IncomputableError(f"{rows} test rows are too few, {MIN_TEST_ROWS} are needed")


def check_unseen_rows(comparison: Comparison) -> None:
    """Raise `IncomputableError` unless there are rows enough that no generator has seen."""
    if not comparison.is_unseen:
        raise IncomputableError("an attack needs test rows that the generator has not seen")
    check_test_rows(comparison)


def measure_excess(
    value: float, reference: float, error: float, warning: str, note: str = "", most: float = 1.0
) -> Measurement:
    """Return a figure of an attack with the interval of what it is beyond its reference.

    Args:
        value: From 0 to `most`.
        reference: What it would be of rows that no generator has seen.
        error: Standard error of the difference between both.
        warning: What is to be said where that is larger than chance makes it.
        note: What is left out.
        most: The largest value there can be.
    """
    return Measurement(
        value,
        reference,
        low=max(0.0, value - 1.96 * error),
        high=min(most, value + 1.96 * error),
        warning=warning if value - ALPHA_Z * error > reference else "",
        note=note,
    )


def compare_rows(
    members: NDArray[np.float64], others: NDArray[np.float64], warning: str, note: str
) -> Measurement:
    """Return the mean share of training rows in percent, beside that of test rows.

    Args:
        members: A share of one for each training row, shape (some,).
        others: The same for test rows, shape (others,).
        warning: What is to be said where training rows have the larger shares.
        note: What is left out.
    """
    error = float(np.sqrt(sum(each.var(ddof=1) / len(each) for each in (members, others))))
    means = 100 * float(members.mean()), 100 * float(others.mean())
    return measure_excess(*means, 100 * error, warning, note, 100.0)


def measure_shares(
    found: NDArray[np.bool_], natural: NDArray[np.bool_], warning: str, note: str = ""
) -> Measurement:
    """Return the shares of synthetic and test rows in percent, a warning if out of line."""
    return Measurement(
        100 * float(found.mean()),
        100 * float(natural.mean()),
        warning=warning if _is_significantly_higher(found, natural) else "",
        note=note,
    )


def _is_significantly_higher(found: NDArray[np.bool_], natural: NDArray[np.bool_]) -> bool:
    """Return whether one share is larger than the other beyond chance: Fisher's exact test."""
    together = int(found.sum() + natural.sum())
    total = len(found) + len(natural)
    return bool(hypergeom.sf(found.sum() - 1, total, together, len(found)) < ALPHA)


def neighbour_ratios(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return nearest over second nearest distance; 1 where both are 0: no row is singled out.

    Args:
        distances: To the two nearest rows, shape (rows, 2).
    """
    first, second = distances.T
    ratios = np.ones(len(first))
    np.divide(first, second, out=ratios, where=second > 0)
    return ratios
