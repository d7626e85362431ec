"""Text that means numbers or datetimes, read as float64 and written back as it came.

strings                 text columns as Arrow arrays, and back
numbers, datetimes      columns of numbers and datetimes, stored as such or as text
datetime_inference      which format the datetimes of a text column follow
datetime_format         datetimes in text of a known format
local_time              datetimes in the time zone of their column

>>> import pandas as pd
>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from tabgan.schema.text.datetimes import detect_datetime_format, format_datetimes, parse_datetimes
from tabgan.schema.text.numbers import (
    are_numbers,
    detect_number_format,
    format_decimals,
    format_numbers,
    parse_numbers,
    write_numbers,
)
from tabgan.schema.text.strings import arrow_series, is_text, text_array

__all__ = [
    "are_numbers",
    "arrow_series",
    "detect_datetime_format",
    "detect_number_format",
    "format_datetimes",
    "format_decimals",
    "format_numbers",
    "is_text",
    "parse_datetimes",
    "parse_numbers",
    "text_array",
    "write_numbers",
]
