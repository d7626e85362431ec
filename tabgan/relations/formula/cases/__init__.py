"""What conditions on other columns decide: labels, bands, lines of each category.

case_search   all of that, simple forms first
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
"""
