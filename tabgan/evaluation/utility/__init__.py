"""What a downstream learner gains: tasks, arms of training rows, scores and their intervals.

task, learners              what is predicted, from which features, by what
arms, augmenters            which rows are trained on, and what makes them
folds, holdout              how rows are parted; every learner on every arm
scores                      one function each; `confidence_intervals` of gains in them
utility                     the figures and the verdict; `baseline_comparison` adds to it
input_checks                what is refused before any long work
"""
