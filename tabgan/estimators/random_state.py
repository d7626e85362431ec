"""What scikit-learn calls a random state, as a seed."""

import numpy as np
from sklearn.utils import check_random_state

RandomState = int | np.random.RandomState | None


def to_seed(random_state: RandomState) -> int | None:
    """Return a random state's seed; one is drawn from a generator, None stays None."""
    if random_state is None or isinstance(random_state, int | np.integer):
        return None if random_state is None else int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
