"""Density-ratio resampling: candidates are generated, and those kept that real rows resemble.

row_features    encoded rows -> what trees are fitted on
density_ratio   boosted trees that tell real rows from generated ones
candidate_pool  candidates that they are fitted on
fit_refiner     rounds of them, as many as held-out rows confirm
tree_ensemble   trees as plain arrays; lightgbm_trees reads LightGBM's
threshold_ranks what of a row trees have to know
tree_scorer     evaluates them, compiled where Numba is there
refiner         what they weigh candidates by
resampling      draws candidates by weight, balanced
balancing       what a draw is balanced by; pivotal_walk takes its steps, compiled
"""
