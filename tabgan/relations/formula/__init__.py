"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
computation   an expression, evaluated and written
category_computation  ... whose results are categories
push_down     what is asked of results, asked of the columns that they follow from
contraction   how: what bounds of a result leave of the columns; `interval`, `datetime_intervals`
rounding      how its results are written
declaration   as users declare it
ranking       which column of a fact is computed
regions       where a column lies when what it decides is as asked for
discovery     which formulas a table shows, sought on a sample
verification  candidates, tried on all rows
comparison    a column beside its results; what rows that differ say against a formula
screening     which products, ratios and functions correlate with a column
regression    least squares that a few odd rows do not spoil
pursuit       terms chosen one by one: orthogonal matching pursuit
monomials     products of powers, of logarithms
sum_fit       a sum of terms fitted to a column
targets       what a sum may be: a column, that where it was not cut off, its square ...
exact_forms   what has no coefficients to fit: the least of several columns, remainders
dictionary    the terms that matching pursuit chooses from
terms         columns, powers, products, functions, spans of time
datetime_terms  spans, parts, whole years, ages at a fixed day
datetime_sums   datetimes that are calculated from others and numbers
sums          sums of terms as expressions
coefficients  the fewest digits, and whether a term pays
case_search   what conditions on others decide
groups        lines of a column, one for each category
thresholds    which columns of few labels another one decides
quantities    ... or two of them taken together, as in `weight / height ** 2`
pair_thresholds  which two these are
partitions    ... or one where another one says so: `income > 5000 and age >= 30`
partition_screen  which these may be, by a few rows
runs          of levels along it
comparisons   ... or which of two columns is greater
cut_points    between them, and how they are written
labels        ... and what they are, as a case expression
definitions   counts and texts that columns may be
count_search  conditions that are counted: `services = count(phone = 'Yes', tv = 'Yes')`
text_search   texts that are put together of others: `email = lower(first) || '@firm.com'`
text_matching which columns stand next in a text
text_views    what is often made of one column: parts, initials, other cases
text_numbers  numbers that texts hold: `size = number(right(code, 2))`
computation_kinds  which computation a column takes: `computation`, `category_computation`,
              `text_computation`
"""
