"""Text that means numbers or datetimes, read as float64 and written back as it came.

strings                 text columns as Arrow arrays, and back
numbers, datetimes      columns of numbers and datetimes, stored as such or as text
datetime_inference      which format the datetimes of a text column follow
datetime_format         datetimes in text of a known format
local_time              datetimes in the time zone of their column
check_digits            what card numbers and account numbers end on
pattern                 what patterned text is made of: `pattern_parts` in a `pattern_form`, written
                        as `pattern_grammar` has it
pattern_reading         which pattern a column has; its texts come in `pattern_groups`, those are
                        made of `pattern_runs`
pattern_room            patterns with room for new keys, or without traces of single rows

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
from tabgan.schema.text.pattern_reading import infer_pattern
from tabgan.schema.text.strings import arrow_series, is_text, text_array

__all__ = [
    "are_numbers",
    "arrow_series",
    "detect_datetime_format",
    "detect_number_format",
    "format_datetimes",
    "format_decimals",
    "format_numbers",
    "infer_pattern",
    "is_text",
    "parse_datetimes",
    "parse_numbers",
    "text_array",
    "write_numbers",
]
