"""Tables in files and in memory: read as pandas frames, and given back as what they came in.

Files are read whole and written batch by batch, so that any number of rows fits in memory: CSV
(also gzipped), Parquet and Feather, told apart by the suffix. Nothing else in tabgan touches a data
file. Frames are of pandas, polars, Arrow, NumPy or plain Python.

tables                  one file, read and written whole; READERS and WRITERS by suffix
sources                 a table in one file or many, read batch by batch
csv, parquet, feather   a format each
arrow                   frames as Arrow record batches of one schema
model_file              a model, as safetensors
frames                  tables in memory, of any kind: `read_frame` is the door
pandas_frames, polars_frames, arrow_frames, plain_frames   kinds of them
containers              what rows are given back in

>>> sorted(READERS)
['.csv', '.csv.gz', '.feather', '.parquet']
"""

from tabgan.io.arrow import to_batches
from tabgan.io.containers import Container, FrameInput
from tabgan.io.frames import read_frame, read_target
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
    "Container",
    "FrameInput",
    "TableSource",
    "find_source",
    "read_frame",
    "read_table",
    "read_target",
    "table_suffix",
    "to_batches",
    "write_table",
]
