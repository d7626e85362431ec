"""Datetimes in text, whole numbers and objects: read as seconds, and written back as they came.

datetimes               columns of datetimes, as such, in text or in numbers
inference               which format a text column follows, out of the `candidates`, if there is
                        enough for its `plausibility`
tokens                  what formats are made of
reading, writing        text of a known format
datetime_numbers        whole numbers: 20240131, 1745, seconds since 1970
objects                 Python objects, periods and times of day
marks                   texts that stand for a gap among dates, such as 0000-00-00
local_time              datetimes in the time zone of their column
display                 one datetime as text for people
"""
