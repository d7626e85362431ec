"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
computation   an expression, evaluated and written
rounding      how its results are written
discovery     which formulas a table shows, sought on a sample
screening     which products, ratios and functions correlate with a column
regression    least squares that a few odd rows do not spoil; matching pursuit
sum_fit       a sum of terms fitted to a column
terms         columns, powers, products, functions, spans of time
coefficients  the fewest digits, and whether a term pays

count_search  conditions that are counted: `services = count(phone = 'Yes', tv = 'Yes')`
text_search   texts that are put together of others: `email = lower(first) || '@firm.com'`
text_matching which columns stand next in a text
text_views    what is often made of one column: parts, initials, other cases
text_numbers  numbers that texts hold: `size = number(right(code, 2))`
declaration   formulas as users declare them
computation_kinds  which computation a column takes: `computation`, `category_computation`,
              `text_computation`
"""
