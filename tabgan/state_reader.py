"""The values of a saved state, each read by its name, with its type and bounds.

Whatever is saved in a file comes back through here: a `from_state` or `from_dict` says of each
field what it may hold, and nothing else gets in. What does not fit is named by the path that leads
to it.

>>> state = StateReader({"step": 0.5, "knots": np.array([1.0, 3.0])}, "encoders/2")
>>> state.number("step", low=0.0), state.floats("knots", (2,), is_rising=True).tolist()
(0.5, [1.0, 3.0])
>>> state.whole("step", 0, 10)
Traceback (most recent call last):
tabgan.errors.ModelFileError: encoders/2/step is 0.5, not a whole number
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tabgan.errors import ModelFileError, reason

MAX_FLOAT = float(np.finfo(np.float64).max)
MAX_INT = 2**63 - 1
MAX_SHOWN = 40  # characters of a value in a message

Value = TypeVar("Value")
SCALARS: Any = (str, int, float, bool)
LISTS: Any = (list, tuple)
REFUSALS = (  # of what is built: by Python, NumPy, pandas or Arrow
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
Shape = tuple[int | None, ...]  # None: any length


@dataclass(frozen=True)
class StateReader:
    """The fields of one saved object.

    Args:
        values: What was saved.
        path: Where it stands in its file, for messages.

    Raises:
        ModelFileError: `values` has no fields; and of every method: the field is not there, or
            holds what it cannot.
    """

    values: Mapping[str, Any]
    path: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.values, Mapping) or not all(isinstance(n, str) for n in self.values):
            raise ModelFileError(f"{self.path or 'the state'} has no named fields")

    def has(self, name: str) -> bool:
        """Return whether a field is there and not null."""
        return self.values.get(name) is not None

    def text(self, name: str, choices: Collection[str] | None = None) -> str:
        """Return a text, one of `choices` if they are given."""
        found = self._of_type(name, self._get(name), str, "a text")
        if choices is not None and found not in choices:
            allowed = ", ".join(sorted(choices))
            raise self.error(name, f"is {show_value(found)}, not one of {allowed}")
        return found

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return self._of_type(name, self._get(name), bool, "true or false")

    def whole(self, name: str, low: int = -MAX_INT, high: int = MAX_INT) -> int:
        """Return a whole number from `low` to `high`."""
        return self._whole(name, self._get(name), low, high)

    def number(self, name: str, low: float = -MAX_FLOAT, high: float = MAX_FLOAT) -> float:
        """Return a finite number from `low` to `high`."""
        return self._number(name, self._get(name), low, high)

    def measure(self, name: str) -> float | None:
        """Return a number, or None: of what cannot be measured, NaN and infinities among it."""
        value = self.values.get(name)
        is_finite = not isinstance(value, float) or math.isfinite(value)
        return self.number(name) if self.has(name) and is_finite else None

    def scalar(self, name: str) -> str | int | float | bool | None:
        """Return a text, a number, a truth value or null."""
        return self._scalar(name, self._get(name))

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [self._of_type(at, v, str, "a text") for at, v in self._items(name)]

    def wholes(self, name: str, low: int = -MAX_INT, high: int = MAX_INT) -> list[int]:
        """Return a list of whole numbers."""
        return [self._whole(at, value, low, high) for at, value in self._items(name)]

    def numbers(self, name: str, low: float = -MAX_FLOAT, high: float = MAX_FLOAT) -> list[float]:
        """Return a list of finite numbers."""
        return [self._number(at, value, low, high) for at, value in self._items(name)]

    def scalars(self, name: str) -> list[str | int | float | bool | None]:
        """Return a list of texts, numbers, truth values and nulls."""
        return [self._scalar(at, value) for at, value in self._items(name)]

    def state(self, name: str) -> "StateReader":
        """Return the fields of an object within."""
        return StateReader(self._get(name), self._at(name))

    def items(self, name: str) -> list[Any]:
        """Return a list of anything."""
        return [value for _, value in self._items(name)]

    def states(self, name: str) -> list["StateReader"]:
        """Return the fields of each object of a list."""
        return [StateReader(value, self._at(at)) for at, value in self._items(name)]

    def rows(self, name: str) -> list["StateReader"]:
        """Return each list of a list of lists, its items as the fields "0", "1", ..."""
        return [self._row(at, value) for at, value in self._items(name)]

    def row(self, name: str) -> "StateReader":
        """Return the items of a list as the fields "0", "1", ..."""
        return self._row(name, self._get(name))

    def floats(
        self,
        name: str,
        shape: Shape,
        low: float = -MAX_FLOAT,
        high: float = MAX_FLOAT,
        *,
        is_rising: bool = False,
    ) -> npt.NDArray[np.float64]:
        """Return an array of finite numbers, of any float dtype in the file.

        Args:
            name: Of the field.
            shape: The length of each axis; None where it is open.
            low: What no number is below.
            high: What no number is above.
            is_rising: Whether no number is below the one before it, along the last axis.
        """
        array = self._array(name, "f", shape).astype(np.float64)
        return self._bounded(name, array, low, high, is_rising)

    def integers(
        self,
        name: str,
        shape: Shape,
        low: int = -MAX_INT,
        high: int = MAX_INT,
        *,
        is_rising: bool = False,
    ) -> npt.NDArray[np.int64]:
        """Return an array of whole numbers, of any integer dtype in the file; as `floats`."""
        found = self._array(name, "iu", shape)
        if found.size and int(found.max()) > MAX_INT:
            raise self.error(name, "holds numbers that are out of bounds")
        return self._bounded(name, found.astype(np.int64), low, high, is_rising)

    def flags(self, name: str, shape: Shape) -> npt.NDArray[np.bool_]:
        """Return an array of truth values."""
        return self._array(name, "b", shape).astype(np.bool_)

    def check(self, is_sound: bool, name: str, what: str) -> None:
        """Refuse the state unless it is sound; `what` is the rest of a sentence about a field."""
        if not is_sound:
            raise self.error(name, what)

    def error(self, name: str, what: str) -> ModelFileError:
        """Return the error that names a field; `what` is the rest of the sentence."""
        return ModelFileError(f"{self._at(name)} {what}")

    def build(self, make: Callable[[], Value]) -> Value:
        """Return what `make` returns, which checks for itself; its refusal names this state."""
        try:
            return make()
        except REFUSALS as error:
            what = f"{self.path or 'the state'} cannot be: {reason(error)}"
            raise ModelFileError(what) from error

    def _at(self, name: str) -> str:
        return f"{self.path}/{name}".strip("/")

    def _get(self, name: str) -> Any:
        if name not in self.values:
            raise self.error(name, "is missing")
        return self.values[name]

    def _items(self, name: str) -> Iterator[tuple[str, Any]]:
        found: list[Any] | tuple[Any, ...] = self._of_type(name, self._get(name), LISTS, "a list")
        return ((f"{name}/{number}", value) for number, value in enumerate(found))

    def _of_type(self, name: str, value: Any, types: type[Value], what: str) -> Value:
        if not isinstance(value, types):
            raise self.error(name, f"is {show_value(value)}, not {what}")
        return value

    def _row(self, name: str, value: Any) -> "StateReader":
        row = self._of_type(name, value, LISTS, "a list")
        return StateReader({str(i): item for i, item in enumerate(row)}, self._at(name))

    def _scalar(self, name: str, value: Any) -> str | int | float | bool | None:
        return None if value is None else self._of_type(name, value, SCALARS, "a text or a number")

    def _whole(self, name: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(name, f"is {show_value(value)}, not a whole number")
        if not low <= value <= high:
            raise self.error(
                name, f"is {show_value(value)}, not from {show_value(low)} to {show_value(high)}"
            )
        return value

    def _number(self, name: str, value: Any, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(name, f"is {show_value(value)}, not a number")
        if not low <= value <= high:
            raise self.error(name, f"is {show_value(value)}, not from {low:g} to {high:g}")
        return float(value)

    def _array(self, name: str, kinds: str, shape: Shape) -> npt.NDArray[Any]:
        found = self._of_type(name, self._get(name), np.ndarray, "an array")
        fits = len(found.shape) == len(shape) and all(
            length in {None, has} for has, length in zip(found.shape, shape, strict=False)
        )
        if found.dtype.kind not in kinds or not fits:
            lengths = " x ".join("any" if length is None else str(length) for length in shape)
            raise self.error(
                name, f"is an array of {found.dtype} and shape {found.shape}, not of {lengths}"
            )
        return np.asarray(found)

    def _bounded(
        self, name: str, array: npt.NDArray[Any], low: float, high: float, is_rising: bool
    ) -> npt.NDArray[Any]:
        if not np.all((array >= low) & (array <= high)):  # NaN is neither
            raise self.error(name, f"holds numbers that are not from {low:g} to {high:g}")
        if is_rising and np.any(array[..., 1:] < array[..., :-1]):
            raise self.error(name, "does not rise")
        return array


def show_value(value: object) -> str:
    """Return a value as a message shows it, in bounded time."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**MAX_SHOWN:
        return "a huge number"
    if isinstance(value, np.ndarray | Mapping | list | tuple):
        return f"a {type(value).__name__}"
    text = repr(value[:MAX_SHOWN] if isinstance(value, str) else value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
