"""Keys by row number: none twice, none of the table's, as many as `room` says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.keys.key_sequence import KeySequence
from tabgan.state_reader import StateReader


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.integers(1, 3_000), st.integers(0, 3_000), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_all_keys_are_new_and_others(n_keys: int, n_taken: int, seed: int) -> None:
    taken = rng(seed).choice(n_keys, min(n_taken, n_keys), replace=False)
    sequence = KeySequence.fit(taken, n_keys, rng(seed))
    made = sequence.keys(np.arange(sequence.room))
    assert len(np.unique(made)) == sequence.room
    assert not np.isin(made, taken).any()
    assert ((made >= 0) & (made < n_keys)).all()


@given(st.integers(2**40, 2**62), st.integers(1, 2_000), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_large_spaces_are_exact(n_keys: int, n_taken: int, seed: int) -> None:
    taken = rng(seed).integers(n_keys, size=n_taken)
    sequence = KeySequence.fit(taken, n_keys, rng(seed))
    made = sequence.keys(np.arange(2_000))
    assert len(np.unique(made)) == 2_000
    assert not np.isin(made, taken).any()
    assert ((made >= 0) & (made < n_keys)).all()
    assert sequence.room > n_keys / 4


@pytest.mark.parametrize("n_keys", [1, 2, 3, 1_000, 65_537])
def test_without_a_table_all_keys_are_used(n_keys: int) -> None:
    sequence = KeySequence.fit(np.array([], np.int64), n_keys, rng())
    assert sequence.room == n_keys
    assert np.array_equal(np.sort(sequence.keys(np.arange(n_keys))), np.arange(n_keys))


def test_counting_goes_on_behind_the_largest() -> None:
    sequence = KeySequence.fit(rng().permutation(500) + 7, 10_000, rng())
    assert sequence.keys(np.arange(4)).tolist() == [507, 508, 509, 510]
    assert sequence.room == 9_493


def test_counting_keys_at_the_end_of_their_range_take_free_ones_before() -> None:
    taken = np.arange(9_000, 10_000)
    sequence = KeySequence.fit(taken, 10_000, rng())
    made = sequence.keys(np.arange(sequence.room))
    assert sequence.room > 2_000
    assert (made < 9_000).all()


def test_the_first_rows_have_the_keys_of_more_rows() -> None:
    sequence = KeySequence.fit(rng().choice(10**6, 1_000), 10**6, rng())
    assert np.array_equal(sequence.keys(np.arange(5_000))[:70], sequence.keys(np.arange(70)))


def test_used_up_keys_leave_no_room_and_still_make_rows() -> None:
    sequence = KeySequence.fit(np.arange(25), 25, rng())
    assert sequence.room == 0
    assert len(np.unique(sequence.keys(np.arange(25)))) == 25


def test_nothing_is_kept_of_a_table_whose_keys_cannot_be_met() -> None:
    sequence = KeySequence.fit(rng().integers(2**61, size=1_000), 2**61, rng())
    assert (sequence.first, sequence.modulus, sequence.remainders) == (0, 0, None)


def test_remainders_say_little_of_the_table() -> None:
    """Half of the remainders that no key has are left out too, so absence proves nothing."""
    taken = rng().choice(10**6, 1_000, replace=False)
    sequence = KeySequence.fit(taken, 10**6, rng())
    assert 0.3 < sequence.room / 10**6 < 0.45


def test_protected_tables_leave_no_trace() -> None:
    one, other = (rng(seed).choice(10**6, 500, replace=False) for seed in (1, 2))
    first, second = (KeySequence.fit(taken, 10**6, rng(), k=5) for taken in (one, other))
    assert first == second
    counting = KeySequence.fit(np.arange(1_234), 10**6, rng(), k=5)
    assert counting.first == 2_000


def test_keys_look_scattered() -> None:
    """Neighbours do not stand at one distance, and no last digit is preferred."""
    sequence = KeySequence.fit(rng().integers(10**15, size=1_500), 10**15, rng())
    made = sequence.keys(np.arange(5_000))
    assert len(np.unique(np.diff(made))) > 4_900
    assert np.bincount(made % 10, minlength=10).min() > 400


def test_a_state_is_read_back() -> None:
    sequence = KeySequence.fit(rng().choice(10**6, 1_000), 10**6, rng())
    again = KeySequence.from_state(StateReader(sequence.to_state()))
    assert np.array_equal(again.keys(np.arange(100)), sequence.keys(np.arange(100)))
