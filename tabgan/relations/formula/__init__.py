"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
computation   an expression, evaluated and written
rounding      how its results are written
discovery     which formulas a table shows, sought on a sample
screening     which products, ratios and functions correlate with a column
regression    least squares that a few odd rows do not spoil; matching pursuit
sum_fit       a sum of terms fitted to a column
terms         columns, powers, products, functions, spans of time
datetime_terms  spans, parts, whole years, ages at a fixed day
datetime_sums   datetimes that are calculated from others and numbers
coefficients  the fewest digits, and whether a term pays
"""
