"""Tables in files and in memory: read as pandas frames, and given back as what they came in.

Files are text with any delimiter, JSON lines, Parquet, Feather, workbooks and databases, on this
machine, standard input or elsewhere; rows are written batch by batch, so that any number fits in
memory. Nothing else in tabgan touches a data file. Frames are of pandas, polars, Arrow, NumPy or
plain Python.

tables                  one table, read and written whole
table_source            a table in one file or many, read batch by batch
sources                 where its files are found
formats                 what reads and writes each format
locations               where tables are: here, on standard input, elsewhere
read_options            what a user says of how a table is written
table_file              a file, and the format that its suffix and its content say
content                 what a file holds, by how it begins
file_kinds              what a file is, and whether an output may replace it
compression             .gz, .zst and .bz2
text                    CSV and JSON lines, and how a text is found to be written
workbooks, workbook_writer, databases, parquet, feather
                        a format each
records                 rows of Python values as a frame
arrow                   frames as Arrow record batches of one schema
model_file              a model, as safetensors
frames                  tables in memory, of any kind

>>> sorted(suffix for suffix in READERS if suffix.startswith(".json"))
['.jsonl', '.jsonl.bz2', '.jsonl.gz', '.jsonl.zst']
"""

from tabgan.io.arrow import to_batches
from tabgan.io.file_kinds import FileKind, check_replaceable
from tabgan.io.formats import READERS, WRITERS
from tabgan.io.frames.containers import Container, FrameInput
from tabgan.io.frames.read_frame import read_frame, read_target
from tabgan.io.locations import OUTPUT_NAMES, is_stream, local_path, scheme_of
from tabgan.io.read_options import AS_FOUND, FORMATS, ReadOptions
from tabgan.io.sources import find_source
from tabgan.io.table_source import TableSource
from tabgan.io.tables import find_output_format, read_table, write_table
from tabgan.io.text.csv_writer import PLAIN_STYLE, TextStyle

__all__ = [
    "AS_FOUND",
    "FORMATS",
    "OUTPUT_NAMES",
    "PLAIN_STYLE",
    "READERS",
    "WRITERS",
    "Container",
    "FileKind",
    "FrameInput",
    "ReadOptions",
    "TableSource",
    "TextStyle",
    "check_replaceable",
    "find_output_format",
    "find_source",
    "is_stream",
    "local_path",
    "read_frame",
    "read_table",
    "read_target",
    "scheme_of",
    "to_batches",
    "write_table",
]
