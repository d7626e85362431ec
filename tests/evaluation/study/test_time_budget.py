import pytest

from tabgan.evaluation.study.time_budget import MIN_FIT_SECONDS, TimeBudget


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(folds: int, seconds: float | None, rest: float, fits: int = 1) -> tuple[TimeBudget, float]:
    """Fits that take what they get, and so many other seconds a fold; the seconds of the whole."""
    clock = Clock()
    budget = TimeBudget(folds, seconds, fits, clock)
    while budget.has_next_fold:
        share = budget.begin_fold()
        fit = 50.0 if share is None else share
        fewest = 0.9 * MIN_FIT_SECONDS * (1 if budget.done > 1 else 0.5)
        assert seconds is None or seconds < 100 or fit >= fewest
        clock.now += fits * fit
        budget.end_fits()
        clock.now += rest
        budget.end_fold()
    return budget, clock.now - 1000


@pytest.mark.parametrize("rest", [0.5, 10, 40])
@pytest.mark.parametrize("seconds", [150, 900])
def test_the_limit_is_used_and_kept(seconds: float, rest: float) -> None:
    budget, taken = run(15, seconds, rest)
    assert budget.done >= 2
    assert 0.7 * seconds <= taken <= 1.01 * seconds


def test_all_folds_where_there_is_time() -> None:
    assert run(15, 900, rest=10)[0].done == 15
    assert run(15, None, rest=10)[0].done == 15


def test_less_time_means_fewer_folds() -> None:
    done = [run(15, seconds, rest=10)[0].done for seconds in (60, 150, 300, 900)]
    assert done == sorted(done)
    assert done[0] == 2


def test_one_fold_is_done_however_long_it_takes() -> None:
    budget, _ = run(15, 30, rest=500)
    assert budget.done == 1


def test_without_fits_that_know_a_limit() -> None:
    clock = Clock()
    budget = TimeBudget(15, 100, 0, clock)
    while budget.has_next_fold:
        assert budget.begin_fold() is None
        clock.now += 30
        budget.end_fold()
    assert budget.done == 3


def test_what_is_done_once_is_not_expected_again() -> None:
    clock = Clock()
    budget = TimeBudget(15, 1000, 0, clock)
    budget.begin_fold()
    assert budget.seconds_left is None
    clock.now += 10
    with budget.one_time_work():
        clock.now += 70
    budget.end_fold()
    assert budget.seconds_left == pytest.approx(14 * 10)


def test_fits_that_end_early_leave_their_seconds_to_later_folds() -> None:
    clock = Clock()
    budget = TimeBudget(4, 400, 1, clock)
    shares = []
    while budget.has_next_fold:
        shares.append(budget.begin_fold() or 0)
        clock.now += 30
        budget.end_fits()
        clock.now += 10
        budget.end_fold()
    assert budget.done == 4
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(280 - 10)
