"""What a downstream learner gains: tasks, arms of training rows, scores and their intervals.

task, learners              what is predicted, from which features, by what
arms, arm_makers            how a learner is trained; which arms an evaluation compares
augmenters, distillation    what makes rows to train on; labels by a teacher
baselines                   what real rows alone can be turned into, a line each
folds, holdout              how rows are parted; every learner on every arm
out_of_fold, thresholds     predictions for training rows, and decisions tuned on them
scores                      one function each; `confidence_intervals` of gains in them
utility                     the figures and the verdict; `baseline_comparison` adds to it
input_checks                what is refused before any long work
"""
