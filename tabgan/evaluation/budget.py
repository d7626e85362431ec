"""How the seconds of a study are shared among its folds, so that it ends in time."""

import math
import time
from collections.abc import Callable
from statistics import fmean

FEWEST_FIT_SECONDS = 20.0  # a generator that gets less learns little: better fewer folds
FIRST_SHARE = 0.6  # of a fold's seconds that fits get before it is known what the rest takes


class Budget:
    """The folds that are planned, and the seconds of each augmenter's fit.

    Args:
        folds: asked for.
        seconds: in which the study has to end; None for no limit.
        fits: fits in a fold that end when they are told to.
        clock: seconds since any moment.

    Attributes:
        folds: how many are asked for.
        done: how many are done.
        planned: how many there is time for, by what is known so far: one at least.

    >>> now = iter([0.0, 0.0, 100.0, 100.0, 100.0])
    >>> budget = Budget(10, 120.0, 1, clock=lambda: next(now))
    >>> budget.planned, budget.fit_seconds()
    (3, 24.0)
    """

    def __init__(
        self,
        folds: int,
        seconds: float | None,
        fits: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folds = folds
        self.done = 0
        self.planned = folds
        self._fits = fits
        self._clock = clock
        self._deadline = clock() + (math.inf if seconds is None else seconds)
        self._started = 0.0
        self._spent: list[float] = []  # by each fold
        self._rests: list[float] = []  # of that, by all but the fits
        self._plan(math.inf if seconds is None else seconds)

    def fit_seconds(self) -> float | None:
        """Seconds for each fit of the fold that begins now; None for no limit."""
        self._started = self._clock()
        left = self._deadline - self._started
        if math.isinf(left) or self._fits == 0:
            return None
        fold = left / max(1, self.planned - self.done)
        free = fold - self._rest if self.done else FIRST_SHARE * fold
        return max(free, 0.1 * fold) / self._fits

    def end_fold(self, fit_seconds: float, other_seconds: float = 0.0) -> None:
        """Count a fold as done, and plan anew.

        Args:
            fit_seconds: taken by the fits that end when they are told to.
            other_seconds: taken by what is done once in a study, not in each fold.
        """
        now = self._clock()
        self.done += 1
        self._spent.append(now - self._started - other_seconds)
        self._rests.append(self._spent[-1] - fit_seconds)
        self._plan(self._deadline - now)

    @property
    def may_go_on(self) -> bool:
        """Whether a fold is planned that is not done."""
        return self.done < self.planned

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the planned folds will take; None before the first one is done."""
        if not self._spent:
            return None
        return (self.planned - self.done) * fmean(self._spent)

    @property
    def _rest(self) -> float:
        """Seconds of a fold that are not spent in fits: a guess, until one is done."""
        guess = FEWEST_FIT_SECONDS * self._fits * (1 / FIRST_SHARE - 1)
        return fmean(self._rests) if self._rests else guess

    def _plan(self, left: float) -> None:
        """Plan as many folds as fit into the seconds left, each fit with the fewest it can use."""
        if math.isinf(left):
            return
        fold = self._rest + FEWEST_FIT_SECONDS * self._fits
        most = self.folds - self.done
        more = most if fold <= 0 else min(most, int(max(left, 0.0) / fold))
        self.planned = self.done + more if self.done else max(2, more)
