"""How the seconds of a study are shared among its folds, so that it ends in time."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import fmean

MIN_FIT_SECONDS = 40.0  # a generator that gets less learns little: better fewer folds
FIRST_SHARE = 0.6  # of a fold's seconds that fits get before it is known what the rest takes


class TimeBudget:
    """The folds that are planned, and the seconds of each augmenter's fit.

    Args:
        folds: How many are asked for.
        seconds: In which the study has to end; None for no limit.
        fits: Fits in a fold that end when they are told to.
        clock: Seconds since any point in time.

    Attributes:
        folds: How many are asked for.
        done: How many are done.
        planned: How many there is time for, by what is known so far: one at least.

    >>> now = iter([0.0, 0.0, 100.0, 100.0, 100.0])
    >>> budget = TimeBudget(10, 120.0, 1, clock=lambda: next(now))
    >>> budget.planned, budget.begin_fold()
    (2, 36.0)
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
        self._min_fit = MIN_FIT_SECONDS * fits
        self._clock = clock
        self._deadline = clock() + (math.inf if seconds is None else seconds)
        self._started = self._one_time = self._fitting = self._granted = 0.0
        self._spent: list[float] = []  # by each fold
        self._fittings: list[float] = []  # of that, by the fits
        self._plan(math.inf if seconds is None else seconds)

    def begin_fold(self) -> float | None:
        """Begin a fold, and return the seconds for each of its fits; None for no limit."""
        self._started, self._one_time, self._fitting = self._clock(), 0.0, 0.0
        left = self._deadline - self._started
        if math.isinf(left) or self._fits == 0:
            return None
        fold = left / max(1, self.planned - self.done)
        free = fold - self._rest if self.done else FIRST_SHARE * fold
        self._granted = max(free, 0.1 * fold)
        return self._granted / self._fits

    @property
    def can_double_fit_time(self) -> bool:
        """Whether the fits of this fold can have twice the seconds, and a second fold as many."""
        left = self._deadline - self._clock()
        return self._fits > 0 and 4 * self._granted / FIRST_SHARE <= left < math.inf

    def double_fit_time(self) -> None:
        """Double the seconds that the first fold's fits had, and plan fewer folds."""
        self._min_fit = 2 * self._granted
        self._plan(self._deadline - self._clock())

    def end_fits(self) -> None:
        """Note that rows are made; what that took beyond what was granted is not spent in fits."""
        self._fitting = min(self._clock() - self._started, self._granted)

    @contextmanager
    def one_time_work(self) -> Iterator[None]:
        """Keep the time of work that is done once in a study out of what a fold takes."""
        start = self._clock()
        yield
        self._one_time += self._clock() - start

    def end_fold(self) -> None:
        """Count the fold as done, and plan anew."""
        now = self._clock()
        self.done += 1
        self._spent.append(now - self._started - self._one_time)
        self._fittings.append(self._fitting)
        self._plan(self._deadline - now)

    @property
    def has_next_fold(self) -> bool:
        """Whether a fold is planned that is not done."""
        return self.done < self.planned

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the planned folds will take; None while that cannot be told."""
        if not self._spent:
            left = self._deadline - self._clock()
            return left if self._fits and not math.isinf(left) else None
        return (self.planned - self.done) * fmean(self._spent)

    @property
    def _rest(self) -> float:
        """Seconds of a fold that are not spent in fits: a guess, until one is done."""
        if not self._spent:
            return self._min_fit * (1 / FIRST_SHARE - 1)
        return fmean(self._spent) - fmean(self._fittings)

    def _plan(self, left: float) -> None:
        """Plan as many folds as fit into the seconds left, each fit with the fewest it can use."""
        if math.isinf(left):
            return
        fits = min(self._min_fit, max(self._fittings, default=math.inf))
        fold = self._rest + fits
        most = self.folds - self.done
        more = most if fold <= 0 else min(most, int(max(left, 0.0) / fold))
        if self.done == 1 and left > fold - fits / 2:  # without a second one there is no interval
            more = max(1, more)
        self.planned = self.done + more if self.done else max(2, more)
