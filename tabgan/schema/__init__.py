"""What a table is: its columns and their kinds, inferred, checked, edited, given back exactly.

column          a column's kind and dtype; `table_schema` holds all columns of a table
column_fields   what the fields of a column may hold
dtype_parsing   names of dtypes, read strictly
faker_kinds     kinds of columns that the extra [faker] fills
storage_types   what values are: numbers, text, datetimes, ...
inference       a column -> its kind; `number_kinds` tells keys, codes and measures apart
whole_numbers   integers and decimals beyond float64, read and compared; `whole_dtypes`: written
frame_checks    what a table must be before anything is learned from it; `kind_checks`: a column
dtypes          learned values -> exactly the dtype that the column had
categories      the categories of a column, counted and indexed; `plain_categories`: in JSON
known_values    cells of any frame, as the dtypes of a schema have them
float_conversion  cells and values as floats that can be compared
predicates      what is asked of one column: clauses such as `>= 65`
ranges          the numbers that clauses allow
calendar_grid   the calendar that datetimes stand on; `day_readings` are how it reads days
protection      what of a schema few rows may have set, left out
usable_columns  whether a column that was read from a file, or edited, can be written
reading         how a column is read, in words
holding         what a model file holds of a table, in words
precision       float16 and float32, read as they were written
unknown         what stands in a cell that is to be drawn
text            text that means numbers or datetimes, read and written back
arrays          short names for arrays of one dtype

>>> import pandas as pd
>>> frame = pd.DataFrame({"age": [39, 50, 38], "sex": ["Male", "Male", "Female"]})
>>> [column.kind.value for column in TableSchema.infer(frame).columns]
['integer', 'categorical']
"""

from tabgan.schema.column import Column, ColumnKind, Name, dtype_name, dtype_of
from tabgan.schema.dtypes import restore_dtype
from tabgan.schema.frame_checks import check_frame, check_gaps, close_names
from tabgan.schema.table_schema import TableSchema

__all__ = [
    "Column",
    "ColumnKind",
    "Name",
    "TableSchema",
    "check_frame",
    "check_gaps",
    "close_names",
    "dtype_name",
    "dtype_of",
    "restore_dtype",
]
