"""Made tables that hold a fact in every row, and what judges rows by it: pandas and NumPy alone.

made_fact   a table's maker and its checker; variants with gaps, few rows, many rows, odd rows
numbers     numbers from numbers: sums, products, rounding
steps       numbers from numbers: functions, whole divisions, extremes
groups      a factor, an offset or a line that depends on a category
thresholds  categories by where a number lies, and columns that others switch off
moments     spans, ages, parts, compact forms
texts       parts, joins and forms of text
counts      how many of several columns, what never occurs together, and facts of some categories
chance      columns that have nothing to do with each other, or only correlate
"""
