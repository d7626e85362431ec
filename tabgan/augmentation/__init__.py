"""Which rows to add to a table, how many, and whether they help a downstream learner.

augment         the door: a table in, a longer one out
added_rows      what it gives: rows given, rows made, and the columns that tell them apart
given_dtypes    a table as a model has learned it, and rows made back in its dtypes
labelled_table  rows whose target is known, and others, which only the generator learns from
plan            how many rows of which class, and how each is made
plan_rows       the rows of plans: drawn, or real ones drawn anew in part (`inpainting`), with
                labels that are drawn or probabilities of all (`soft_labels`)
auto_plan       the plan that helps a learner most, by cross-validation
plan_scores     what a learner does with each plan (`plan_learners` trains them), and whether that
                is chance (`corrected_p_values`)
plan_choice     what is taken, and why, in words
"""
