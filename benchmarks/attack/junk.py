"""What stands in files in the place of what should: other types, huge, deep, long, half names."""

from typing import Any


def nest(depth: int) -> Any:
    """Return lists in lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def nest_named(depth: int) -> Any:
    """Return objects in objects."""
    value: Any = {}
    for _ in range(depth):
        value = {"a": value}
    return value


JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        7,
        0.5,
        -0.0,
        1e-320,
        1e308,
        -1e308,
        2**31,
        2**63,
        -(2**63),
        2**64,
    ),
    *(
        10**15,
        10**400,
        float("nan"),
        float("inf"),
        float("-inf"),
        "",
        "x",
        "0",
        "nan",
        "\x00",
        "\ud800",
    ),
    *(
        "x" * 20_000,
        "9" * 5_000,
        "é" * 99,
        "[/x]",
        "\x1b[2J",
        "%Y%Y%Y",
        "%",
        "%-%",
        "{",
        "{0}",
        "(((",
        "[a-z]{9999999}",
    ),
    *(
        ".100000000f",
        ".2f,,",
        ".-1f",
        ".f",
        ",",
        "(a+)+$",
        "category",
        "object",
        "int64",
        "Int64",
        "str",
        "complex128",
    ),
    *(
        "datetime64[ns]",
        "datetime64[ns, Nowhere/Town]",
        "datetime64[ns, ../../etc/passwd]",
        "timedelta64[as]",
    ),
    *(
        "decimal128(99, 99)[pyarrow]",
        "decimal128(9999999999, 1)[pyarrow]",
        "list<item: int64>[pyarrow]",
    ),
    *(
        "Sparse[float64, x]",
        "Sparse[int8, 999]",
        "dictionary<values=x, indices=y, ordered=1>[pyarrow]",
    ),
    *(
        "period[D]",
        "interval",
        "interval[int64, right]",
        "V99999999999",
        "S4294967295",
        "U1000000000",
        "(9,9)i8",
    ),
    *(
        [],
        {},
        [None],
        [[]],
        [1, 2, 3],
        ["a"],
        [0] * 2_000,
        {"a": 1},
        {"@": "nowhere"},
        {"@": 1},
        {"@": None},
    ),
    *(nest(200), nest_named(200), {"": {}}, {"scalar": 1, "dtype": "load"}, {"pairs": [[{}, 1]]}),
)
