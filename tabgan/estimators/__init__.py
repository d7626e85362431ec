"""The estimator APIs of scikit-learn and imbalanced-learn.

tabgan          `TabGAN().fit(table).sample(n)`
given_rows      what it is asked of given rows
imputer         `TabGANImputer().fit_transform(X)`
detector        `TabGANDetector().fit_predict(table)`
sampler         `TabGANSampler().fit_resample(X, y)`
ensemble        `TabGANEnsemble(learner).fit(X, y)`; `training_sets`: what its learners see
set_output      what rows are given back in
random_state    what scikit-learn seeds by
input_columns   names of columns as scikit-learn keeps them; y as one more column
"""
