"""Seeds, time limits, counts and weights, which many settings are, checked in one place."""

from numbers import Integral
from typing import Any

from tabgan.errors import SettingError

MAX_SEED = 2**32 - 1  # numpy's and scikit-learn's


def check_seed(seed: int) -> None:
    """Raise unless a seed is one that every generator takes.

    Raises:
        SettingError: It is negative or too large.
    """
    if not 0 <= seed <= MAX_SEED:
        raise SettingError(f"the seed {seed} is outside what is allowed: 0 to {MAX_SEED}.")


def check_time_limit(seconds: float | None) -> None:
    """Raise unless a limit leaves time; None is no limit.

    Raises:
        SettingError: It is zero, negative or not a number.
    """
    if seconds is not None and not seconds > 0:
        raise SettingError(f"time_limit={seconds!r} is no time; give more than 0.")


def check_count(name: str, count: Any) -> None:
    """Raise unless a setting is a whole number from 1 on.

    Args:
        name: Of the setting.
        count: Its value.

    Raises:
        SettingError: It is none.
    """
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
        raise SettingError(f"{name}={count!r} is no amount; give a whole number from 1 on.")


def check_positive(name: str, number: Any, most: float) -> None:
    """Raise unless a setting is a number above 0, and no larger than what is allowed.

    Args:
        name: Of the setting.
        number: Its value.
        most: That is allowed.

    Raises:
        SettingError: It is none.
    """
    is_number = isinstance(number, Integral | float) and not isinstance(number, bool)
    if not is_number or not 0 < float(number) <= most:
        raise SettingError(
            f"{name}={number!r} is not allowed; give a number above 0, and {most:,.6g} at most."
        )
