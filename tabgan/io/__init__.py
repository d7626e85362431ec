"""Tables in files: read whole, written batch by batch, so that any number of rows fits in memory.

CSV (also gzipped), Parquet and Feather, told apart by the suffix. Nothing else in tabgan touches a
data file.

tables                  one file, read and written whole; READERS and WRITERS by suffix
sources                 a table in one file or many, read batch by batch
csv, parquet, feather   a format each
arrow                   frames as Arrow record batches of one schema
model_file              a model, as safetensors

>>> sorted(READERS)
['.csv', '.csv.gz', '.feather', '.parquet']
"""

from tabgan.io.arrow import to_batches
from tabgan.io.sources import TableSource, find_source
from tabgan.io.tables import (
    READERS,
    STANDARD_OUTPUT,
    WRITERS,
    read_table,
    table_suffix,
    write_table,
)

__all__ = [
    "READERS",
    "STANDARD_OUTPUT",
    "WRITERS",
    "TableSource",
    "find_source",
    "read_table",
    "table_suffix",
    "to_batches",
    "write_table",
]
