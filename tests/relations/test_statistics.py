import numpy as np

from tabgan.relations.statistics import correlate_present


def test_a_column_of_gaps_correlates_with_nothing_and_warns_of_nothing() -> None:
    rising = np.arange(40.0)
    values = np.column_stack([rising, np.full(40, np.nan), -rising])
    expected = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]])
    np.testing.assert_allclose(correlate_present(values), expected, atol=1e-12)
