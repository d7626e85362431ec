"""Can what is unknown of a training row be guessed better than of any other row?"""

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.metrics.categories import UNKNOWN
from tabgan.evaluation.metrics.metric import Comparison, Direction, IncomputableError, Measurement
from tabgan.evaluation.metrics.nearest_rows import subsample
from tabgan.evaluation.metrics.privacy import (
    MAX_QUERIES,
    PrivacyMetric,
    SharedColumns,
    check_unseen_rows,
    compare_rows,
)

MAX_SECRETS = 6  # columns that are guessed, each by a search of its own
MAX_RECORDS = 10_000  # synthetic rows that are looked up
CLOSE = 0.05  # of a number's range, that a guess may be off by


class AttributeInference(PrivacyMetric):
    """Share of the secrets of training rows that their nearest synthetic row gives, in percent.

    The attacker knows a row but for one column, and takes that from the synthetic row which is the
    nearest by all others (Stadler et al. 2022; Giomi et al. 2023). What is guessed of test rows as
    well gives nobody away: only what is beyond.
    """

    name = "attribute_inference"
    title = "Attribute inference attack, guessed"
    direction = Direction.DOWN
    unit = "%"

    def compute(self, comparison: Comparison) -> Measurement:
        """Return the share guessed of training rows; of test rows it is the reference."""
        check_unseen_rows(comparison)
        shared = SharedColumns.of(comparison)
        if len(shared.items) < 2:
            raise IncomputableError("one column alone is guessed from nothing")
        rng = np.random.default_rng(comparison.seed)
        records = subsample(shared.synthetic, MAX_RECORDS, rng)
        n_rows = min(MAX_QUERIES, len(shared.real), len(shared.test))
        rows = [subsample(each, n_rows, rng) for each in (shared.real, shared.test)]
        order = _order_secrets(shared, comparison)
        secrets = order[:MAX_SECRETS]
        members, others = (_guess(shared, each, records, secrets).mean(axis=1) for each in rows)
        rest = [shared.items[column].name for column in order[MAX_SECRETS:]]
        notes = [shared.note, f"not guessed, to save time: {listed(rest)}" if rest else ""]
        warning = "The synthetic rows tell more of training rows than of unseen ones."
        return compare_rows(members, others, warning, "; ".join(filter(None, notes)))


def _order_secrets(shared: SharedColumns, comparison: Comparison) -> list[int]:
    """Return the columns in the order in which they are guessed: target, categories, numbers."""
    items = shared.items

    def rank(place: int) -> tuple[bool, bool]:
        return items[place].name != comparison.target, not items[place].categorical

    return sorted(range(len(items)), key=rank)


def _guess(
    shared: SharedColumns,
    rows: NDArray[np.float64],
    records: NDArray[np.float64],
    columns: list[int],
) -> NDArray[np.bool_]:
    """Return which values the nearest records hold as well; shape (n_rows, columns)."""
    near = shared.distance.nearest_by_others(rows, records, columns)
    guessed = np.zeros(near.shape, bool)
    for place, column in enumerate(columns):
        predicted, values = records[near[:, place], column], rows[:, column]
        if shared.items[column].categorical:
            hit = (predicted == values) & (values != UNKNOWN)
        else:
            hit = np.abs(predicted - values) <= CLOSE * shared.distance.range_of(column)
        guessed[:, place] = hit | (np.isnan(predicted) & np.isnan(values))
    return guessed
