"""A fitted model and what it is asked: `TabularModel.sample`, `save`, `load`.

tabular_model       relations, encoders, generator, refiner: draws rows
saved_model         what a file holds -> a model, checked
row_conditions      what rows are asked for, told to the generator and checked
category_clauses    conditions on numbers that are learned as categories
rejection           rows that break what is asked: drawn again, counted, told
sample_plan         a sample as blocks that are drawn in any order
kept_share          what is left where rows are thrown away
class_sampling      rows of each class
model_card          where a model comes from
"""

from tabgan.model.tabular_model import TabularModel

__all__ = ["TabularModel"]
