import pytest

from tabgan.errors import SettingError
from tabgan.runtime.limits import check_seed, check_time_limit


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_generators_refuse(seed: int) -> None:
    check_seed(0)
    check_seed(2**32 - 1)
    with pytest.raises(SettingError, match=f"the seed {seed} is outside what is allowed: 0 to 429"):
        check_seed(seed)


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_a_limit_that_leaves_no_time(seconds: float) -> None:
    check_time_limit(None)
    check_time_limit(0.1)
    with pytest.raises(SettingError, match=f"time_limit={seconds!r} is no time; give more than 0"):
        check_time_limit(seconds)
