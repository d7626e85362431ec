"""A fitted model and what it is asked: `TabularModel.sample`, `complete`, `score_samples` ...

fitted_model        relations, encoders, generator, refiner
conditional_model   what it is asked of given rows
sampled_model       it draws new rows, block by block
tabular_model       what it is asked besides: samples, scores, and to be saved
saved_model         what a file holds -> a model, checked
row_conditions      what rows are asked for, told to the generator and checked: as little is told
                    as will do (`narrowest_selections`)
category_clauses    conditions on numbers that are learned as categories
renumbering         keys of rows that are drawn in other places
rejection           rows that break what is asked: drawn again, counted, told
strata              parts of a sample that have shares of it
joint_shares        how often values of several columns go together, where each has shares
sample_plan         a sample as blocks that are drawn in any order
row_source          the generator and the refiner that rows come from: of many passes, or of one
kept_share          what is left where rows are thrown away
class_sampling      rows of each class
complete            partial rows: what is unknown is drawn, block by block
impute              gaps are filled; `point_estimates` are the middle of draws
predict             the most probable values, and probabilities of classes (`column_classes`)
given_table         rows that are given, of any kind; given back so
partial_rows        which of their cells are known
deduction           cells that follow from them
learned_cells       what the generator is told of them
gaps                which columns have gaps
class_probabilities how probable each class is: all are tried
completion          candidates are drawn for each row, and one is chosen (`candidates`)
block               rows as the generator is told of them
solving             inputs of computed cells that are known
row_streams         random numbers of each row
row_notes           what is odd about rows, in words
unseen_categories   categories that it does not know, counted
score               how likely rows are, and how surprising each cell; `row_scorer` computes it
model_card          where a model comes from
"""

from tabgan.model.tabular_model import TabularModel

__all__ = ["TabularModel"]
