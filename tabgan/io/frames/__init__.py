"""Tables in memory, of any kind: read as pandas frames, and given back as what they came in.

| what is read | what rows are given back as |
|---|---|
| pandas DataFrame, any dtypes | the same, with its index if that has a name |
| polars DataFrame or LazyFrame | polars DataFrame of the same dtypes |
| pyarrow Table, RecordBatch, RecordBatchReader | pyarrow Table of the same schema |
| what else has `__arrow_c_stream__`: relations of DuckDB, tables of ibis | pyarrow Table |
| narwhals DataFrame or LazyFrame | as the frame within |
| dict of columns, list of records (dicts) | the same, of Python's own values |
| array, list of lists, what else NumPy takes | NumPy array |
| Series that has a name | the same |

read_frame      the door, with a reader a kind
containers      what rows are given back in
pandas_frames, polars_frames, arrow_frames, plain_frames
                the kinds
"""
