"""Plain values and arrays, mutated: swapped, doubled, of other types, huge, NaN, nested deep, long.

>>> rng = np.random.default_rng(0)
>>> mutate({"a": 1, "b": [1, 2]}, rng) != {"a": 1, "b": [1, 2]}
True
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.attack.junk import JUNK
from benchmarks.attack.maker import pick

STOP = 0.12  # probability that a value is mutated as a whole, where it has others inside


BIG = (1e308, -1e308, 1e30, np.inf, -np.inf, np.nan, 2**62, -(2**62), 0, -1, 1, 255, 1e-300, -2)
DTYPES = ("float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint64", "bool")
MAX_CELLS = 200_000  # of an array that is made longer
MAX_FLOAT = 1e300  # beyond it a whole number is mutated without floats
Arrays = Callable[[np.ndarray[Any, Any], np.random.Generator], Any]


def _poke(array: np.ndarray[Any, Any], rng: np.random.Generator) -> Any:
    made = array.copy()
    if made.size:
        count = int(pick(rng, (1, 1, 3, made.size)))
        with np.errstate(all="ignore"):
            places = rng.integers(0, made.size, count)
            made.reshape(-1)[places] = np.asarray(pick(rng, BIG)).astype(made.dtype)
    return made


def _retype(array: np.ndarray[Any, Any], rng: np.random.Generator) -> Any:
    with np.errstate(all="ignore"):
        return array.astype(pick(rng, DTYPES))


def _shift(array: np.ndarray[Any, Any], rng: np.random.Generator) -> Any:
    made = array.copy().reshape(-1)
    rng.shuffle(made)
    return made.reshape(array.shape)


def _nudge(array: np.ndarray[Any, Any], rng: np.random.Generator) -> Any:
    with np.errstate(all="ignore"):
        return (array + array.dtype.type(pick(rng, (1, 2, 100)))).astype(array.dtype)


ARRAYS: tuple[Arrays, ...] = (
    *(_poke, _poke, _poke, _retype, _shift, _nudge),
    lambda array, rng: array[: int(rng.integers(0, len(array) + 1))] if array.ndim else array[None],
    lambda array, rng: array[..., :-1] if array.ndim else array,
    lambda array, rng: array[::-1].copy() if array.ndim else array,
    lambda array, rng: array.T.copy(),
    lambda array, rng: array.reshape(-1),
    lambda array, rng: array[None],
    lambda array, rng: array[..., None],
    lambda array, rng: np.zeros_like(array),
    lambda array, rng: array[:0] if array.ndim else array,
    lambda array, rng: np.concatenate([array, array]) if array.ndim else array,
    lambda array, rng: np.resize(array, MAX_CELLS),
    lambda array, rng: np.array(pick(rng, BIG), dtype=np.float64),
    lambda array, rng: pick(rng, JUNK),
    lambda array, rng: array.tolist() if array.size < 10_000 else None,
)


def mutate(value: Any, rng: np.random.Generator, donor: Any = None) -> Any:
    """Return a value with something in it mutated; the value itself is left as it is.

    Args:
        value: Dicts, lists, texts, numbers and arrays.
        rng: Source of the draws.
        donor: A value of the same form, of which parts may stand in their places.
    """
    if isinstance(value, Mapping) and value and rng.random() >= STOP:
        key = pick(rng, list(value))
        inner = donor.get(key) if isinstance(donor, Mapping) else None
        return {**value, key: mutate(value[key], rng, inner)}
    if isinstance(value, list | tuple) and len(value) and rng.random() >= STOP:
        at = int(rng.integers(len(value)))
        inner = donor[at] if isinstance(donor, list) and at < len(donor) else None
        return [mutate(one, rng, inner) if i == at else one for i, one in enumerate(value)]
    if donor is not None and rng.random() < 0.3:
        return donor
    if not isinstance(value, np.ndarray) and rng.random() < 0.3:
        return pick(rng, JUNK)
    for kinds, change in CHANGES:
        if isinstance(value, kinds):
            return change(value, rng)
    return pick(rng, JUNK)


def _mutate_fields(value: dict[str, Any], rng: np.random.Generator) -> Any:
    if not value:
        return {"a": 1}
    first, second = pick(rng, list(value)), pick(rng, list(value))
    without = {key: inner for key, inner in value.items() if key != first}
    return pick(
        rng,
        (
            without,
            without | {f"{first}x": value[first]},
            value | {first: value[second], second: value[first]},
            value | {"more": pick(rng, JUNK)},
            list(value.values()),
            {},
        ),
    )


def _mutate_items(value: list[Any], rng: np.random.Generator) -> Any:
    at = int(rng.integers(len(value) + 1))
    again = value[at % len(value)] if value else 1
    return pick(
        rng,
        (
            value[:at] + value[at + 1 :],
            [*value, again],
            value[:at],
            value[::-1],
            [*value[:at], pick(rng, JUNK), *value[at:]],
            (value * 2_000)[:MAX_CELLS],
            [again] * len(value),
            dict(enumerate(map(str, range(at)))),
            [],
        ),
    )


def _mutate_text(value: str, rng: np.random.Generator) -> Any:
    at = int(rng.integers(len(value) + 1))
    letter = pick(rng, "\x00%{}[]()\\/,.-+09aZ<>@*|$^é\U0001f642'\" \n")
    return pick(
        rng,
        (
            value[:at],
            value[at:],
            value * 2,
            value * 1_000,
            value[:at] + letter + value[at:],
            value[:at] + letter + value[at + 1 :],
            value.upper(),
            value[::-1],
            "".join(rng.permutation(list(value))) if value else "",
        ),
    )


def _mutate_number(value: float, rng: np.random.Generator) -> Any:
    if abs(value) > MAX_FLOAT:  # a whole number that was made so large before
        return pick(rng, (-value, value + 1, str(value), [value], 0))
    return pick(
        rng,
        (
            *(-value, value + 1, value - 1, value * 2, value * 1_000_000, value / 2, str(value)),
            *(float(value), bool(value), [value], 0, -1, 10**9, 2**53 + 1, value + 1e-9),
        ),
    )


CHANGES: tuple[tuple[Any, Callable[[Any, np.random.Generator], Any]], ...] = (
    (np.ndarray, lambda array, rng: pick(rng, ARRAYS)(array, rng)),
    (Mapping, _mutate_fields),
    (list | tuple, lambda items, rng: _mutate_items(list(items), rng)),
    (str, _mutate_text),
    (int | float, _mutate_number),
)
