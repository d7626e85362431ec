"""A column that is part of a datetime: its month, its weekday, its date.

date_part       the relation; `discovery` finds it
calendar        the parts, and their names as categories; `number_categories`: their numbers
datetime_parts  the parts of a table's columns, each computed once
zones           on whose clocks they are sought
"""

from tabgan.relations.date_part.date_part import DatePart

__all__ = ["DatePart"]
