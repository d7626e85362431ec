import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.augmentation.corrected_p_values import combine_p_values, correct_p_values

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=7).map(np.array)


@given(P_VALUES)
def test_the_correction_is_between_none_and_holms(p_values: np.ndarray) -> None:
    ordered = np.sort(p_values)
    holm = np.maximum.accumulate(ordered * np.arange(len(ordered), 0, -1)).clip(max=1)
    corrected = np.sort(correct_p_values(p_values))
    assert (corrected >= ordered - 1e-12).all()
    assert (corrected <= holm + 1e-12).all()
    assert corrected.min() >= combine_p_values(p_values) - 1e-12


def test_known_values() -> None:
    """Those of `p.adjust(c(.01, .02, .022, .09), "hommel")` of R."""
    found = correct_p_values(np.array([0.01, 0.02, 0.022, 0.09]))
    assert found == pytest.approx([0.03, 0.04, 0.044, 0.09])


def test_believed_in_vain_as_seldom_as_one_test() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 6))
    from scipy.stats import norm  # noqa: PLC0415

    p_values = norm.sf(shared / np.sqrt(2))
    believed = [correct_p_values(each).min() < 0.2 for each in p_values]
    assert 0.1 < np.mean(believed) < 0.21
