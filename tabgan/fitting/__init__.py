"""From a table to a model.

fit_request     what is to be fitted, and where the fit begins: afresh, or at a checkpoint
fit             a table in memory -> a model
finish          a trained generator -> calibrated, with a refiner, and one of one pass
one_pass        latent classes and their refiner, and whether rows are drawn by them
latent_classes  rows -> latent classes, by expectation-maximization
gaussian_moments  ... whose numbers are Gaussian: means and covariances
polya_tree      shares of bins from few rows
readable        that what was learned can be read back from a file
low_score       what is said of a fit whose score is near zero
trial_rows      rows drawn at the end: how many break a relation, or are rejected
out_of_core     files -> a model: in memory where they fit, otherwise in three passes
first_pass      a bounded sample of rows -> schema
second_pass     every row: relations verified, categories counted
concat          parts of a table put under one another
"""
