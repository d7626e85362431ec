"""A column that is part of a datetime: its month, its weekday, its date."""

from tabgan.relations.date_part.date_part import DatePart

__all__ = ["DatePart"]
