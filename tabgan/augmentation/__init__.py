"""Which rows to add to a table, how many, and whether they help a downstream learner.

augment         the door: a table in, a longer one out
added_rows      what it gives: rows given, rows made, and the columns that tell them apart
given_dtypes    a table as a model has learned it, and rows made back in its dtypes
plan            how many rows of which class
auto_plan       the plan that helps a learner most, by cross-validation
plan_scores     what a learner does with each plan
"""
