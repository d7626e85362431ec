"""Text that means numbers or datetimes, read as float64 and written back as it came.

strings                 text columns as Arrow arrays, and back
text_inference          what the text of a column means
numbers, datetimes      columns of numbers and datetimes, stored as such or as text
plain_numbers           plain numbers in text, as Python writes them
number_inference        which formats the numbers of a text column follow
surroundings            what stands around the digits of numbers: signs and units
number_format           numbers in text of a known format, with signs and units
numeral                 the digits of numbers, grouped, with decimals
numeral_inference       which marks group digits, and which one begins decimals
units                   what may stand before and behind numbers: currencies, percent, words
missing_marks           texts that mean a gap, such as `?`
local_time              datetimes in the time zone of their column
check_digits            what card numbers and account numbers end on
pattern                 what patterned text is made of: `pattern_parts` in a `pattern_form`, written
                        as `pattern_grammar` has it
pattern_reading         which pattern a column has; its texts come in `pattern_groups`, those are
                        made of `pattern_runs`
pattern_room            patterns with room for new keys, or without traces of single rows
free_text               whether text is free text: names, comments, titles
datetime_inference      which format the datetimes of a text column follow, out of those that
                        datetime_candidates lists, if there is datetime_evidence
datetime_format         datetimes read in text of a known format, made of datetime_tokens;
                        datetime_writing undoes it
datetime_numbers        datetimes as whole numbers: 20240131, 1745, seconds since 1970
datetime_objects        datetimes as Python objects, periods and times of day
datetime_display        one datetime as text for people
datetime_marks          texts that stand for a gap among dates, such as 0000-00-00

>>> import pandas as pd
>>> parse_numbers(pd.Series(["29.85", " "])).tolist()
[29.85, nan]
"""

from tabgan.schema.text.datetime_display import show_datetime
from tabgan.schema.text.datetime_inference import find_other_reading, is_ambiguous
from tabgan.schema.text.datetime_marks import datetime_marks
from tabgan.schema.text.datetime_numbers import is_datetime_number_format
from tabgan.schema.text.datetime_objects import (
    check_zones,
    find_zone,
    is_moment_type,
    moment_element,
)
from tabgan.schema.text.datetimes import (
    detect_datetime_format,
    find_datetime_format,
    format_datetimes,
    parse_datetimes,
)
from tabgan.schema.text.free_text import is_free_text
from tabgan.schema.text.missing_marks import join_marks, read_marks, split_marks, write_marks
from tabgan.schema.text.number_format import NumberFormat, NumberFormats
from tabgan.schema.text.numbers import (
    format_decimals,
    format_numbers,
    number_formats,
    parse_numbers,
    read_number,
    write_numbers,
)
from tabgan.schema.text.pattern_reading import detect_pattern
from tabgan.schema.text.plain_numbers import are_numbers, detect_number_format
from tabgan.schema.text.strings import arrow_series, is_text, text_array

__all__ = [
    "NumberFormat",
    "NumberFormats",
    "are_numbers",
    "arrow_series",
    "check_zones",
    "datetime_marks",
    "detect_datetime_format",
    "detect_number_format",
    "detect_pattern",
    "find_datetime_format",
    "find_other_reading",
    "find_zone",
    "format_datetimes",
    "format_decimals",
    "format_numbers",
    "is_ambiguous",
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
    "show_datetime",
    "split_marks",
    "text_array",
    "write_marks",
    "write_numbers",
]
