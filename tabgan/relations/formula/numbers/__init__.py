"""Columns of numbers and datetimes that are sums, products and functions of others: sought.

discovery     which formulas a table shows, sought on a sample
screening     which products, ratios and functions correlate with a column
column_terms  all terms that begin with a column, at once; how they correlate: standardized
regression    least squares that a few odd rows do not spoil
pursuit       terms chosen one by one: orthogonal matching pursuit
dictionary    the terms that matching pursuit chooses from
monomials     products of powers, of logarithms
sum_fit       a sum of terms fitted to a column
targets       what a sum may be: a column, that where it was not cut off, its square ...
curved_targets  of which functions of a column others may be sums
exact_forms   what has no coefficients to fit: the least of several columns, remainders
terms         columns, powers, products, functions, spans of time
datetime_terms  spans, parts, whole years, ages at a fixed day
datetime_sums   datetimes that are calculated from others and numbers
sums          sums of terms as expressions
coefficients  the fewest digits, and whether a term pays
"""
