"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
rounding      how its results are written
discovery     which formulas a table shows, sought on a sample
screening     which terms correlate with a column
terms         products of powers and functions of columns
coefficients  how terms are weighted, and whether they pay
"""
