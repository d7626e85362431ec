"""Functions over arrays that Numba compiles, where it is there.

What is compiled is kept beside the code, or in the user's cache, so that only the first process
that ever calls a function waits for it. Sums are added in the order in which they are written: with
"fast math" they would depend on the processor.
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch

Function = Callable[..., Any]


@cache
def has_compiler() -> bool:
    """Return whether functions can be compiled here: there is Numba, and it works."""
    if find_spec("numba") is None:
        return False
    try:
        import numba  # noqa: F401, PLC0415 - slow, and broken on some platforms
    except ImportError:
        return False
    return True


def compiled(function: Function) -> Function:
    """Return a function that is compiled when it is first called; it lets other threads run.

    Raises:
        ImportError: There is no compiler (`has_compiler`).
    """
    return _compile(function, nogil=True, no_cfunc_wrapper=True)


def compiled_where_possible(function: Function) -> Function:
    """Return a function that is compiled when it is first called, or itself without a compiler."""
    return compiled(function) if has_compiler() else function


def part_where_possible(function: Function) -> Any:
    """Return a function that such ones call (`compiled_part`), or itself without a compiler."""
    return compiled_part(function) if has_compiler() else function


def compiled_part(function: Function) -> Any:
    """Return a function that compiled ones call; in Python there is its `py_func` alone.

    What a call from Python needs is left out, which takes a third of the time of compiling.
    """
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined_part(function: Function) -> Any:
    """Return a function that stands in compiled ones in place of its calls."""
    return _compile(function, inline="always")


def _compile(function: Function, **how: bool | str) -> Function:
    import numba  # noqa: PLC0415 - slow, and not on every platform

    settings: dict[str, Any] = {"error_model": "numpy", **how}
    made: Function
    try:
        made = numba.njit(cache=True, **settings)(function)
    except RuntimeError:  # nowhere to keep it: compiled anew in every process
        made = numba.njit(**settings)(function)
    return made


@cache
def has_bfloat16_products() -> bool:
    """Return whether the processor multiplies bfloat16 numbers by itself, which is faster.

    Without such instructions it would be slower than float32, so they are what decides, once for a
    process: the numbers differ in their third digit.
    """
    if not has_compiler() or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    from numba.core.codegen import get_host_cpu_features  # noqa: PLC0415 - slow

    features: str = get_host_cpu_features()  # type: ignore[no-untyped-call]
    return not {"+avx512bf16", "+amx-bf16"}.isdisjoint(features.split(","))
