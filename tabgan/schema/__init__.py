"""What a table is: its columns and their kinds, inferred, checked, edited, given back exactly.

>>> import pandas as pd
>>> frame = pd.DataFrame({"age": [39, 50, 38], "sex": ["Male", "Male", "Female"]})
>>> [column.kind.value for column in TableSchema.infer(frame).columns]
['integer', 'categorical']
"""

from tabgan.schema.column import Column, ColumnKind, Name, dtype_name, dtype_of
from tabgan.schema.dtypes import restore_dtype
from tabgan.schema.table_schema import TableSchema
from tabgan.schema.validation import check_frame, close_names

__all__ = [
    "Column",
    "ColumnKind",
    "Name",
    "TableSchema",
    "check_frame",
    "close_names",
    "dtype_name",
    "dtype_of",
    "restore_dtype",
]
