"""Groups of rare categories: those that stand in similar rows share a class.

A category of a few rows says little, a group of such categories says much: the networks learn which
group goes with what else is known of a row, and a category is drawn from its group by frequency.

A category's profile is the mean of its rows in every other column, shrunken towards that of the
table, the more the fewer rows it has; k-means on profiles makes the groups.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from tabgan.encoding.column_encoder import ColumnEncoder, PartEncoder
from tabgan.encoding.encoded_column import Codes, EncodedColumn
from tabgan.errors import SettingError
from tabgan.schema.arrays import Floats, Indices
from tabgan.schema.categories import CategoryCounts
from tabgan.schema.column import Column

MAX_GROUPS = 64
MIN_GROUP_SIZE = 4  # on average, at the least
MAX_PROFILE_ROWS = 200_000  # of the table, from which profiles are made
MAX_FEATURES = 32  # those that tell categories apart best
MAX_INDICATORS = 8  # commonest classes of a column without an order
SHRINKAGE = 5.0  # rows of the whole table that every profile is mixed with


def group_categories(indices: Indices, n_categories: int, features: Floats) -> Codes:
    """Return the group of each category, from 0 up, none of them empty; shape (n_categories,).

    Args:
        indices: The category of each row, -1 for none of them; shape (n_rows,).
        n_categories: Rare ones alone.
        features: Other columns of the rows, as `to_centred_features` has them; shape (n_rows,
            n_features).
    """
    rows = np.flatnonzero(indices >= 0)
    member = scipy.sparse.csr_matrix(
        (np.ones(len(rows)), (indices[rows], rows)), shape=(n_categories, len(features))
    )
    counts = np.asarray(member.sum(axis=1)).ravel()
    profiles = (member @ features) / (counts + SHRINKAGE)[:, None]
    variances = (profiles**2 * counts[:, None]).sum(axis=0)
    profiles = profiles[:, np.argsort(-variances, kind="stable")[:MAX_FEATURES]]
    n_groups = min(MAX_GROUPS, n_categories // MIN_GROUP_SIZE, len(np.unique(profiles, axis=0)))
    if n_groups < 2 or not profiles.shape[1]:
        return np.zeros(n_categories, np.int32)
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - slow, and of a fit alone

    k_means = MiniBatchKMeans(n_groups, n_init=1, max_iter=20, batch_size=4_096, random_state=0)
    labels = k_means.fit_predict(profiles, sample_weight=counts + 1e-3)
    return np.asarray(np.unique(labels, return_inverse=True)[1], np.int32)


def to_centred_features(frame: pd.DataFrame, encoders: Sequence[ColumnEncoder]) -> Floats:
    """Return rows as centred features of unit deviation: quantiles of numbers, class indicators.

    Shape (n_rows, n_columns) -> (n_rows, n_features).
    """
    columns: list[Any] = []
    for encoder in encoders:
        if max((part.n_classes for part in encoder.parts), default=0) < 2:
            continue
        encoded = encoder.encode_parts(frame[encoder.column.name], np.random.default_rng(0))
        for part, cells in zip(encoder.parts, encoded, strict=True):
            columns += _part_features(part, cells)
    features = (
        np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((len(frame), 0))
    )
    features -= features.mean(axis=0)
    deviation = features.std(axis=0)
    return np.asarray(features[:, deviation > 0] / deviation[deviation > 0])


def _part_features(part: PartEncoder, cells: EncodedColumn) -> list[npt.NDArray[Any]]:
    """Return the quantile of numbers, or indicators of the commonest classes; (n_rows,) each."""
    if part.n_classes < 2:
        return []
    if part.spans is None:
        counts = np.bincount(cells.codes, minlength=part.n_classes)
        common = np.argsort(-counts, kind="stable")[:MAX_INDICATORS]
        return [cells.codes == code for code in common]
    low, high = part.spans[cells.codes].T
    return [low + (high - low) * (cells.scalars + 1) / 2]


def count_rare(counted: CategoryCounts, k: int) -> int:
    """Return how many rows have a category that fewer than k rows have."""
    return sum(count for count in counted.counts.values() if count < k)


def check_rare(column: Column, n_rows: int, n_missing: int, k: int) -> None:
    """Refuse a column whose categories are all rare, unless it is all gaps but for a few rows.

    Raises:
        SettingError: It is one.
    """
    if n_rows >= k or not n_missing:
        raise SettingError(
            f"each level of the column {column.name!r} is seen in fewer than {k} rows, which are "
            "protected; leave the column out, or protect fewer rows."
        )
