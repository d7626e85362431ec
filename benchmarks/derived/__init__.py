"""Columns that follow from others, by what is odd about their dtypes."""
