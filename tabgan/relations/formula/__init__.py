"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
computation   an expression, evaluated and written
push_down     what is asked of results, asked of the columns that they follow from
contraction   the interval arithmetic of that
rounding      how its results are written
discovery     which formulas a table shows, sought on a sample
screening     which products, ratios and functions correlate with a column
regression    least squares that a few odd rows do not spoil; matching pursuit
sum_fit       a sum of terms fitted to a column
targets       what a sum may be: a column, that where it was not cut off, its square ...
exact_forms   what has no coefficients to fit: the least of several columns, remainders
dictionary    the terms that matching pursuit chooses from
terms         columns, powers, products, functions, spans of time
sums          sums of terms as expressions
coefficients  the fewest digits, and whether a term pays
"""
