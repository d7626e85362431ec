"""Text that means numbers or datetimes, read as float64 and written back as it came.

text_inference  what the text of a column means
numbers         numbers in text
datetimes       datetimes in text, in numbers and in objects
patterns        text of a pattern: keys, addresses, codes
free_text       whether text is free text: names, comments, titles
missing_marks   texts that mean a gap, such as `?`
strings         text columns as Arrow arrays, and back

>>> import pandas as pd
>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from tabgan.schema.text.datetimes.datetime_numbers import is_datetime_number_format
from tabgan.schema.text.datetimes.datetimes import (
    find_datetime_format,
    format_datetimes,
    parse_datetimes,
)
from tabgan.schema.text.datetimes.display import show_datetime
from tabgan.schema.text.datetimes.inference import find_other_reading
from tabgan.schema.text.datetimes.marks import datetime_marks
from tabgan.schema.text.datetimes.objects import (
    check_zones,
    find_zone,
    is_moment_type,
    moment_element,
    read_periods,
)
from tabgan.schema.text.free_text import is_free_text
from tabgan.schema.text.missing_marks import join_marks, read_marks, split_marks, write_marks
from tabgan.schema.text.numbers.number_format import NumberFormat, NumberFormats
from tabgan.schema.text.numbers.numbers import (
    format_numbers,
    number_formats,
    parse_numbers,
    read_number,
    write_numbers,
)
from tabgan.schema.text.numbers.plain_numbers import (
    are_numbers,
    detect_number_format,
    write_plain_number,
)
from tabgan.schema.text.patterns.inference import detect_pattern
from tabgan.schema.text.strings import arrow_series, is_text, text_array

__all__ = [
    "NumberFormat",
    "NumberFormats",
    "are_numbers",
    "arrow_series",
    "check_zones",
    "datetime_marks",
    "detect_number_format",
    "detect_pattern",
    "find_datetime_format",
    "find_other_reading",
    "find_zone",
    "format_datetimes",
    "format_numbers",
    "is_datetime_number_format",
    "is_free_text",
    "is_moment_type",
    "is_text",
    "join_marks",
    "moment_element",
    "number_formats",
    "parse_datetimes",
    "parse_numbers",
    "read_marks",
    "read_number",
    "read_periods",
    "show_datetime",
    "split_marks",
    "text_array",
    "write_marks",
    "write_numbers",
    "write_plain_number",
]
