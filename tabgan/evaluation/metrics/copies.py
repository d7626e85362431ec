"""Are synthetic rows real rows, verbatim or but for small changes?

Chance copies rows too, above all in tables of few different rows: each share stands beside that of
test rows, which no generator has seen.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from tabgan.evaluation.metrics.metric import (
    Comparison,
    Direction,
    IncomputableError,
    Measurement,
)
from tabgan.evaluation.metrics.nearest_rows import subsample
from tabgan.evaluation.metrics.privacy import (
    ALPHA,
    MAX_QUERIES,
    MAX_RECORDS,
    PrivacyMetric,
    SharedColumns,
    measure_shares,
    neighbour_ratios,
)

DECIMALS = 6  # numbers that agree so far count as the same
NEAR_COPY = 0.1  # of the distance to the second nearest row


class Copies(PrivacyMetric):
    """Share of synthetic rows that stand verbatim among the real and test rows, in percent."""

    name = "copies"
    title = "Rows copied verbatim"
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the copies among the synthetic rows, beside the natural rate among test rows.

        The natural rate is the share of test rows that stand again among the other real and test
        rows; where none does, real rows are asked too, as few test rows are little evidence. In a
        table of few different rows chance copies many; the table itself, row for row, is told all
        the same.
        """
        shared = SharedColumns.of(comparison)
        real, synthetic, test = map(_keys, (shared.real, shared.synthetic, shared.test))
        known, made = Counter(real + test), Counter(synthetic)
        wholes = {
            "real one": Counter(real),
            "test table": Counter(test),
            "real and the test one": known,
        }
        for name, whole in wholes.items():
            if made == whole and _is_no_chance(whole):
                warning = f"The synthetic table is the {name}, row for row."
                return Measurement(100.0, warning=warning, note=shared.note)
        copied = np.array([key in known for key in synthetic])
        twice = np.array([known[key] > 1 for key in real + test])
        of_test = twice[len(real) :]
        warning = "More synthetic rows are copies of real rows than test rows happen to be."
        found = measure_shares(copied, of_test if of_test.any() else twice, warning, shared.note)
        return replace(found, reference=100 * float(of_test.mean()))


class NearCopies(PrivacyMetric):
    """Share of synthetic rows that are one real row but for small changes, in percent.

    Such a row is at least ten times as near to the nearest real or test row as to the second.
    """

    name = "near_copies"
    title = "Rows copied but for small changes"
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the share of such rows, beside that of test rows among all others."""
        shared = SharedColumns.of(comparison)
        rng = np.random.default_rng(comparison.seed)
        test = subsample(shared.test, MAX_QUERIES, rng)
        records = np.vstack([subsample(shared.real, MAX_RECORDS, rng), test])
        synthetic = subsample(shared.synthetic, MAX_QUERIES, rng)
        near = shared.distance.nearest(synthetic, records, k=2).distances
        natural = shared.distance.nearest(test, records, k=3).distances[:, 1:]  # without itself
        found, expected = (neighbour_ratios(rows) <= NEAR_COPY for rows in (near, natural))
        warning = "More synthetic rows are near copies of one real row than test rows happen to be."
        return measure_shares(found, expected, warning, shared.note)


def find_seen_rows(comparison: Comparison) -> str:
    """Return a sentence if more test rows are real rows than chance makes; "" otherwise."""
    try:
        real, test = _keys(comparison.real_matrix), _keys(comparison.test_matrix)
    except IncomputableError:  # no column holds values
        return ""
    known = Counter(real)
    seen = np.array([key in known for key in test])
    twice = np.array([known[key] > 1 for key in real])
    warning = (
        f"{seen.sum()} of {len(test)} test rows stand in the real table, too: nothing is unseen of "
        "them, and what learners gain and what is copied cannot be told by them. Give others."
    )
    return measure_shares(seen, twice, warning).warning


def _is_no_chance(counts: Counter[bytes]) -> bool:
    """Return whether new rows of the same world would hardly ever be these, each as often.

    Their probability is no more than that of a multinomial draw at its most probable counts.
    """
    each = np.array(list(counts.values()), dtype=np.float64)
    total = each.sum()
    logarithm = gammaln(total + 1) - gammaln(each + 1).sum() + (each * np.log(each / total)).sum()
    return bool(logarithm < np.log(ALPHA))


def _keys(matrix: NDArray[np.float64]) -> list[bytes]:
    """Return one hashable key a row; equal rows have equal keys."""
    rounded = np.round(matrix, DECIMALS) + 0.0  # -0.0 becomes 0.0
    rounded[np.isnan(rounded)] = np.nan  # one bit pattern for all gaps
    return [row.tobytes() for row in np.ascontiguousarray(rounded)]
