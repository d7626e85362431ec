"""What every evaluation asks of its arguments, before any long work."""

from collections.abc import Sequence

import pandas as pd

from tabgan.errors import SettingError, TableError
from tabgan.evaluation.metrics.alignment import listed
from tabgan.evaluation.utility.learners import LEARNERS
from tabgan.runtime.limits import check_seed
from tabgan.schema.column import Name

MIN_REAL_ROWS = 20  # below that no learner is worth the name


def check_inputs(real: pd.DataFrame, target: Name, learners: Sequence[str], seed: int) -> None:
    """Raise unless an evaluation can work with this.

    Args:
        real: The real table; `MIN_REAL_ROWS` rows or more.
        target: A column of it.
        learners: Keys of `LEARNERS`, one at least.
        seed: Of all draws.

    Raises:
        SettingError: An unknown target or learner, or a seed that is none.
        TableError: Too few real rows, or columns of the same name.
    """
    if real.columns.has_duplicates:
        twice = list(dict.fromkeys(real.columns[real.columns.duplicated()]))
        raise TableError(f"the real table holds columns twice: {listed(twice)}; rename them.")
    if target not in real.columns:
        raise SettingError(
            f"the table has no column {target!r} to predict; it has {listed(list(real.columns))}."
        )
    unknown = [learner for learner in learners if learner not in LEARNERS]
    if unknown or not learners:
        got = listed(unknown) if unknown else "none"
        raise SettingError(f"learners can be {listed(list(LEARNERS))}, got {got}.")
    check_seed(seed)
    if len(real) < MIN_REAL_ROWS:
        raise TableError(
            f"rows of the real table: {len(real)}; {MIN_REAL_ROWS} or more are needed."
        )
