"""What a saved state may hold, and how a field that does not fit is named."""

from collections.abc import Callable

import numpy as np
import pytest

from tabgan.errors import ModelFileError
from tabgan.state_reader import StateReader

STATE = StateReader(
    {
        "name": "a",
        "on": True,
        "count": 3,
        "share": 0.5,
        "none": None,
        "texts": ["a", "b"],
        "mixed": ["a", 1, 2.5, None, True],
        "child": {"count": 1},
        "children": [{"count": 1}, {"count": 2}],
        "floats": np.array([[0.0, 1.0], [1.0, 1.0]], np.float32),
        "integers": np.array([0, 2, 1], np.uint8),
        "flags": np.array([True, False]),
        "nan": np.array([0.0, np.nan]),
        "huge": np.array([2**64 - 1], np.uint64),
    },
    "encoders/1",
)


def test_what_fits_is_returned() -> None:
    assert STATE.text("name", {"a", "b"}) == "a"
    assert STATE.flag("on") is True
    assert STATE.whole("count", 3, 3) == 3
    assert STATE.number("share", 0, 1) == 0.5
    assert STATE.texts("texts") == ["a", "b"]
    assert STATE.scalars("mixed") == ["a", 1, 2.5, None, True]
    assert STATE.state("child").whole("count") == 1
    assert [child.whole("count") for child in STATE.states("children")] == [1, 2]
    assert STATE.floats("floats", (None, 2), 0, 1, is_rising=True).dtype == np.float64
    assert STATE.integers("integers", (3,), 0, 2).tolist() == [0, 2, 1]
    assert STATE.flags("flags", (None,)).tolist() == [True, False]
    assert (STATE.has("count"), STATE.has("none"), STATE.has("other")) == (True, False, False)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: STATE.text("other"), "encoders/1/other is missing"),
    (lambda: STATE.text("count"), "count is 3, not a text"),
    (lambda: STATE.text("name", {"b", "c"}), "name is 'a', not one of b, c"),
    (lambda: STATE.flag("count"), "count is 3, not true or false"),
    (lambda: STATE.whole("on"), "on is True, not a whole number"),
    (lambda: STATE.whole("count", 4, 5), "count is 3, not from 4 to 5"),
    (lambda: STATE.number("on"), "on is True, not a number"),
    (lambda: STATE.number("share", 1, 2), "share is 0.5, not from 1 to 2"),
    (lambda: STATE.texts("mixed"), "mixed/1 is 1, not a text"),
    (lambda: STATE.texts("name"), "name is 'a', not a list"),
    (lambda: STATE.states("children")[1].text("count"), "encoders/1/children/1/count is 2"),
    (lambda: STATE.state("texts"), "encoders/1/texts has no named fields"),
    (lambda: STATE.floats("floats", (None,)), r"float32 and shape \(2, 2\), not of any"),
    (lambda: STATE.floats("integers", (3,)), "array of uint8"),
    (lambda: STATE.floats("floats", (2, 2), 0.5, 1), "not from 0.5 to 1"),
    (lambda: STATE.floats("nan", (2,)), "not from"),
    (lambda: STATE.integers("integers", (3,), is_rising=True), "integers does not rise"),
    (lambda: STATE.integers("huge", (1,)), "out of bounds"),
    (lambda: STATE.flags("texts", (2,)), "texts is a list, not an array"),
    (lambda: StateReader({"n": 10**5000}).whole("n"), "n is a huge number"),
    (lambda: StateReader({"n": float("nan")}).number("n"), "n is nan"),
    (lambda: STATE.build(lambda: int("x")), "encoders/1 cannot be: invalid literal"),
]


@pytest.mark.parametrize(("read", "message"), REFUSED)
def test_what_does_not_fit_is_named(read: Callable[[], object], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        read()
