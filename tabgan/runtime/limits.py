"""Seeds and time limits, which fits and evaluations take alike, checked in one place."""

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
