"""Tables in text, and how they are found to be written.

csv, csv_writer     values with delimiters
json_lines          an object a line
format              how a text is written
detection           how that is found out: the whole of it
layout              delimiter, header and decimal mark
encoding            the encoding
remarks             what makes it likely that it is not so
formulas            texts that a spreadsheet would run
short_rows          rows with fewer values than the header has names
"""
