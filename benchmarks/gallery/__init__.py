"""A gallery of columns as people bring them; `benchmarks.columns` learns them all.

column      what a column of the gallery is, and what made values of it are measured by
figures     the figures of columns, what they miss, and the table of them all
numbers     whole numbers, measured ones, and those among which marks stand for gaps
amounts     numbers written as text, with currencies, units and groups
times       datetimes on calendars, compact dates and times of day
periods     quarters, weeks, months, and moments counted since 1970
texts       addresses, keys with checksums, names, comments
checksums   what cards, books and bank accounts end in
"""
