"""A column that is calculated from others: `cost = price * amount`.

formula       the relation
computation   an expression, evaluated and written; which one a column takes says
              `computation_kinds`: that of numbers, `category_computation` or `text_computation`
rounding      how its results are written
comparison    a column beside its results; what rows that differ say against a formula
declaration   as users declare it
numbers/      sought: sums, products, functions, datetimes
cases/        sought: what conditions on other columns decide
texts/        sought: texts put together, numbers in texts
count_search  sought: how many conditions hold, `services = count(phone = 'Yes', tv = 'Yes')`
coalesce_search  sought: which of several is the first that has a value
definitions   the counts, texts and first values that columns may be
verification  what was found, tried on all rows
ranking       which column of a fact is computed
conditions/   what is asked of results, asked of the columns that they follow from
"""
